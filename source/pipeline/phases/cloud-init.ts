import * as z from 'zod';
import type { NodeConnection } from '../../ssh/connection.ts';
import { execRepeatable, repeatable } from '../connected.ts';
import type { NodeContext } from '../node-context.ts';
import { nodeHint } from '../node-hint.ts';
import { lastLines } from '../output-lines.ts';
import { PhaseFailure } from '../phase-failure.ts';
import { inlineScript } from '../remote-script.ts';

/** What `templates/await-cloud-init.sh` prints, from cloud-init's own result.json and status. */
const answerSchema = z.object({
  result: z
    .object({ v1: z.object({ errors: z.array(z.string()).default([]) }) })
    .nullable()
    .default(null),
  status: z
    .object({
      status: z.string().optional(),
      extended_status: z.string().optional(),
      recoverable_errors: z.record(z.string(), z.array(z.string())).optional(),
    })
    .nullable()
    .default(null),
  disabled: z.boolean().default(false),
  /** Why the part of it that is ours failed, which cloud-init itself only counts. */
  reason: z.string().nullable().default(null),
  hint: z.string().nullable().default(null),
});

/** How cloud-init ended on a node. */
export type CloudInitOutcome = {
  /** What made it fail, in its own words; empty when it did all that it was told. */
  readonly errors: readonly string[];
  /** Whether the connection broke meanwhile, as it does when the node is rebooted. */
  readonly wasCutOff: boolean;
  /** What it could work around. */
  readonly warnings: readonly string[];
  /** What to do about the errors, where that is known. */
  readonly hint?: string;
};

/**
 * Waits for cloud-init to have finished, well or not.
 *
 * @throws PhaseFailure when the node has no cloud-init to wait for, or can't tell.
 */
export const awaitCloudInit = async (
  context: NodeContext,
  connection: NodeConnection,
  signal: AbortSignal,
): Promise<CloudInitOutcome> => {
  const command = inlineScript('await-cloud-init', context.scripts.awaitCloudInit, { root: true });
  let tries = 0;
  const { exitCode, stdout, stderr } = await repeatable(context, connection, signal, () => {
    tries += 1;
    return connection.exec(command, { signal });
  });
  const answer = answerSchema.safeParse(parseJson(stdout));
  if (exitCode !== 0 || !answer.success) {
    throw new PhaseFailure(
      `cloud-init could not be asked: ${lastLines(stderr || stdout, 1)[0] ?? `status ${exitCode}`}`,
      'Look at `cloud-init status --long` on the node.',
      lastLines(stderr),
    );
  }
  if (answer.data.disabled) {
    throw new PhaseFailure(
      'cloud-init is disabled or not installed on this image',
      'Use an image that runs cloud-init, such as Ubuntu (image: auto).',
    );
  }
  const { hint, reason, result } = answer.data;
  return {
    errors: [...(reason === null ? [] : [reason]), ...(result?.v1.errors ?? [])],
    ...(hint === null ? {} : { hint: nodeHint(hint) }),
    wasCutOff: tries > 1,
    warnings: Object.values(answer.data.status?.recoverable_errors ?? {}).flat(),
  };
};

/** @throws PhaseFailure with cloud-init's first error and the end of its own log. */
export const requireCloudInitSuccess = async (
  context: NodeContext,
  connection: NodeConnection,
  { errors, hint }: CloudInitOutcome,
  signal: AbortSignal,
): Promise<void> => {
  const [error] = errors;
  if (error === undefined) return;
  const { stdout } = await execRepeatable(
    context,
    connection,
    'sudo -n tail -n 10 /var/log/cloud-init-output.log',
    { signal },
  );
  throw new PhaseFailure(
    `cloud-init failed: ${error}`,
    `${hint ?? 'Look at /var/log/cloud-init-output.log on the node and mend the cause there.'} Then \`spot-tui configure ${context.name}\` goes on without cloud-init.`,
    lastLines(stdout),
  );
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // The caller reports what came instead.
    return undefined;
  }
};
