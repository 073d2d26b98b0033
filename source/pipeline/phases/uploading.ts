import type { ExecResult, NodeConnection } from '../../ssh/connection.ts';
import { execRepeatable } from '../connected.ts';
import { backOff } from '../deadline.ts';
import type { NodeContext } from '../node-context.ts';
import { nodeIdentity } from '../node-identity.ts';
import { lastLines } from '../output-lines.ts';
import type { Payload } from '../payload/payload.ts';
import { PhaseFailure } from '../phase-failure.ts';
import { inlineScript } from '../remote-script.ts';

/** Exit statuses of `templates/receive-payload.sh`. */
const corrupt = 20;
const cannotWrite = 21;

/** Uploads that arrive damaged before it is given up. */
const maximumTries = 3;

/** What is sent, and to which instance: nodes are told which one they are. */
export type Upload = { readonly payload: Payload; readonly instanceId: string };

/** The command that receives a payload; see `templates/receive-payload.sh`. */
export const receiveCommand = (
  context: NodeContext,
  { payload, instanceId }: Upload,
  flags: readonly '--configure'[] = [],
): string =>
  inlineScript('receive-payload', context.scripts.receivePayload, {
    arguments: [payload.manifestDigest, ...flags, ...nodeValues(context, instanceId)],
  });

/**
 * Sends the payload as one stream: received, checked and put in place by one command. Damaged
 * uploads are sent again.
 *
 * @throws PhaseFailure
 */
export const upload = async (
  context: NodeContext,
  connection: NodeConnection,
  what: Upload,
  signal: AbortSignal,
): Promise<void> => {
  const command = receiveCommand(context, what);
  await untilIntact(context, signal, () =>
    execRepeatable(context, connection, command, {
      stdin: what.payload.archive,
      signal,
      onProgress: (done, total) => context.report.progress('uploading', done, total),
    }),
  );
};

/**
 * Sends until what arrives is what was sent.
 *
 * @param send Called with the number of the try, from 1; undefined counts as intact.
 * @throws PhaseFailure
 */
export const untilIntact = async (
  { report }: NodeContext,
  signal: AbortSignal,
  send: (attempt: number) => Promise<ExecResult | undefined>,
): Promise<ExecResult | undefined> => {
  for (let attempt = 1; ; attempt += 1) {
    const result = await send(attempt);
    if (result === undefined || result.exitCode === 0) return result;
    const { exitCode, exitSignal, stderr } = result;
    const output = lastLines(stderr);
    const reason = output.at(-1) ?? `the upload ended with ${exitSignal ?? `status ${exitCode}`}`;
    if (exitCode === corrupt && attempt < maximumTries) {
      report.log(`${reason}; sending the files again`);
      await backOff(attempt, signal);
      continue;
    }
    throw new PhaseFailure(
      reason,
      exitCode === cannotWrite
        ? 'Free some space on the node, or set a larger instance_storage_gb, then retry it: `spot-tui create` carries on.'
        : 'Retry it: `spot-tui create` carries on. If it stays, look at the node with `spot-tui ssh`.',
      output,
      exitCode === cannotWrite ? 'disk' : 'upload',
    );
  }
};

/** What a node must know about itself to render its own values, as KEY=value. */
const nodeValues = (
  { name, region, index, config }: NodeContext,
  instanceId: string,
): readonly string[] => [
  `SPOT_TUI_NODE=${name}`,
  `SPOT_TUI_REGION=${region}`,
  `SPOT_TUI_INSTANCE_ID=${instanceId}`,
  `SPOT_TUI_INDEX=${index}`,
  `SPOT_TUI_DEPLOYMENT=${config.deployment}`,
  `SPOT_TUI_IDENTITY=${nodeIdentity(instanceId)}`,
];

const pendingManifest = '/tmp/exs/manifest.sha256';
const appliedManifestFile = '/var/lib/spot-tui/manifest.sha256';
const installedSums = '/var/lib/spot-tui/installed.sha256';

/**
 * The digest of the manifest that the node applied last; empty where it never did, or where what it
 * installed was changed since.
 */
export const appliedManifest = async (
  context: NodeContext,
  connection: NodeConnection,
  signal: AbortSignal,
): Promise<string> => {
  const intact = `sudo -n sha256sum --check --status ${installedSums} 2> /dev/null`;
  const { exitCode } = await execRepeatable(context, connection, intact, { signal });
  if (exitCode !== 0) return '';
  const [digest = ''] = await digestsOf(context, connection, [appliedManifestFile], signal);
  return digest;
};

/**
 * Uploads again if the node neither waits to apply these files nor has applied them, and tells
 * whether it did.
 */
export const uploadIfGone = async (
  context: NodeContext,
  connection: NodeConnection,
  what: Upload,
  signal: AbortSignal,
): Promise<boolean> => {
  const files = [pendingManifest, appliedManifestFile];
  const digests = await digestsOf(context, connection, files, signal);
  if (digests.includes(what.payload.manifestDigest)) return false;
  context.report.log('the files are gone from the node, as after a reboot: sending them again');
  await upload(context, connection, what, signal);
  return true;
};

/** SHA-256 of those of the files that are there. */
const digestsOf = async (
  context: NodeContext,
  connection: NodeConnection,
  files: readonly string[],
  signal: AbortSignal,
): Promise<string[]> => {
  const command = `sudo -n sha256sum ${files.join(' ')} 2> /dev/null`;
  const { stdout } = await execRepeatable(context, connection, command, { signal });
  return stdout.split('\n').flatMap((line) => /^[0-9a-f]{64}/.exec(line)?.[0] ?? []);
};
