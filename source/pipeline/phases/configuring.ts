import type { ExecResult, NodeConnection } from '../../ssh/connection.ts';
import { repeatable } from '../connected.ts';
import { splitSections } from '../inspection/sections.ts';
import type { NodeContext } from '../node-context.ts';
import { nodeHint } from '../node-hint.ts';
import { lastLines } from '../output-lines.ts';
import { PhaseFailure } from '../phase-failure.ts';
import { inlineScript } from '../remote-script.ts';

/** How the files of this run come back that a reboot took away before they were applied. */
export type Resending = {
  /** Whether the connection broke since they were sent. */
  readonly isDue: boolean;
  /** Sends them if they are gone, and tells whether they were. */
  readonly sendIfGone: () => Promise<boolean>;
};

/** What is known of a node's files when it is to apply them. */
export type ConfigureOptions = {
  readonly resending?: Resending | undefined;
  /** The end of a configure-services that the node has started already. */
  readonly begun?: Promise<ExecResult> | undefined;
};

const nothingToSend: Resending = { isDue: false, sendIfGone: () => Promise.resolve(false) };

/**
 * Runs configure-services on the node and waits for it. Run again it has nothing to do, so a
 * connection that breaks meanwhile costs nothing.
 *
 * @throws PhaseFailure with the reason that configure-services itself gave.
 */
export const configure = async (
  context: NodeContext,
  connection: NodeConnection,
  signal: AbortSignal,
  { resending = nothingToSend, begun }: ConfigureOptions = {},
): Promise<void> => {
  const { isDue, sendIfGone } = resending;
  const exec = (parameters: readonly string[] = []) => {
    const script = context.scripts.triggerConfiguration;
    const options = { root: true, arguments: parameters };
    return connection.exec(inlineScript('trigger-configuration', script, options), { signal });
  };
  let mayBeGone = isDue;
  let ongoing = begun;
  const trigger = () =>
    repeatable(context, connection, signal, async () => {
      if (ongoing !== undefined) {
        const started = ongoing;
        ongoing = undefined;
        mayBeGone = true;
        const ending = await started;
        // That only started it; why it failed is asked here.
        return ending.exitCode === 0 ? ending : exec([String(ending.exitCode ?? 1)]);
      }
      if (mayBeGone) await sendIfGone();
      mayBeGone = true;
      return exec();
    });
  let result = await trigger();
  // A reboot may go unnoticed between two commands.
  if (result.exitCode !== 0 && (await sendIfGone())) result = await trigger();
  const { exitCode, exitSignal, stdout, stderr } = result;
  if (exitCode === 0) return;
  const sections = splitSections(stdout);
  const log = lastLines((sections.get('log') ?? []).join('\n'));
  if (sections.get('load-state')?.[0] === 'not-found') {
    throw new PhaseFailure(
      'configure-services.service is not installed on this node',
      'cloud-init installs it at first boot: was the instance launched by `spot-tui create`? If so, look at /var/log/cloud-init-output.log there.',
      log,
      'cloud-init',
    );
  }
  const [reason, hint] = sections.get('failure') ?? [];
  throw new PhaseFailure(
    reason ??
      lastLines(stderr, 1)[0] ??
      `configure-services ended with ${exitSignal ?? `status ${exitCode}`}`,
    nodeHint(hint ?? 'Look at `journalctl -u configure-services` on the node.'),
    log.length > 0 ? log : lastLines(stderr),
  );
};
