import type { NodeConnection } from '../../ssh/connection.ts';
import type { CheckTarget } from '../checks/check.ts';
import { lastLines } from '../output-lines.ts';
import { PhaseFailure } from '../phase-failure.ts';
import { inlineScript, type RemoteScripts } from '../remote-script.ts';
import type { NodeFacts } from './facts.ts';
import { parseFacts } from './parse-facts.ts';

/**
 * Learns all that the checks need in one call.
 *
 * @throws PhaseFailure when the node does not let itself be inspected.
 */
export const inspectNode = async (
  scripts: RemoteScripts,
  connection: NodeConnection,
  { directories, services }: Pick<CheckTarget, 'directories' | 'services'>,
  signal: AbortSignal,
): Promise<NodeFacts> => {
  const { exitCode, stdout, stderr } = await connection.exec(
    inlineScript('inspect-node', scripts.inspectNode, {
      arguments: [...directories, '--', ...services],
      root: true,
    }),
    { signal },
  );
  if (exitCode !== 0) {
    throw new PhaseFailure(
      `the node can't be inspected: ${lastLines(stderr, 1)[0] ?? `status ${exitCode}`}`,
      'Does the login user have sudo without a password? `spot-tui ssh` shows what works.',
      lastLines(stderr),
      'inspection',
    );
  }
  return parseFacts(stdout);
};
