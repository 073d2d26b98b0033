import { stateFolders } from '../config/state-folders.ts';
import type { NodeLogLine } from '../fleet/actions.ts';
import type { Invocation } from './command.ts';
import { findRecordedDeployment } from './deployment.ts';
import { type ExitStatus, exitStatus, UsageError } from './exit-status.ts';
import { createLogPrinter, printInOrder } from './log-printer.ts';
import { openRecordedNodes } from './recorded-nodes.ts';

/**
 * Prints what was recorded of nodes, the newest last, and contacts nothing.
 *
 * @throws UsageError where nothing was, naming those of which something was.
 */
export const printRecorded = async (
  invocation: Invocation,
  lines: number,
  signal: AbortSignal,
): Promise<ExitStatus> => {
  const { environment, options, stderr, words } = invocation;
  const deployment = await findRecordedDeployment(invocation, signal);
  const folder = stateFolders(environment).runs(deployment);
  const recorded = await openRecordedNodes(folder, { lines, signal, unit: options.unit });
  const meant = options.all ? await recorded.names() : words;
  const found: NodeLogLine[] = [];
  const unknown: string[] = [];
  for (const word of meant) {
    const log = await recorded.log(word);
    if (log.lines.length === 0) unknown.push(word);
    else stderr.write(`${word}: recorded ${log.origin}\n`);
    found.push(...log.lines);
  }
  if (found.length === 0 || (unknown.length > 0 && !options.all)) {
    const names = await recorded.names();
    throw new UsageError(
      meant.length === 0 ? 'which node?' : `nothing was recorded of ${unknown.join(' or ')}`,
      names.length === 0
        ? `There are no recordings of ${deployment.deployment} on this machine.`
        : `There are: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}.`,
    );
  }
  printInOrder(createLogPrinter(invocation, [...new Set(found.map(({ node }) => node))]), found);
  return exitStatus.success;
};
