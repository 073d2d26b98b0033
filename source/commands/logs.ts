import type { NodeLogLine } from '../fleet/actions.ts';
import { findNodes } from '../fleet/find-nodes.ts';
import type { ExistingNode } from '../fleet/plan.ts';
import { NodeSelectionError, selectNodes } from '../fleet/select-nodes.ts';
import type { Invocation, RunCommand } from './command.ts';
import { type ExitStatus, exitStatus, UsageError } from './exit-status.ts';
import { withInterruption } from './interruption.ts';
import { createLogPrinter, type LogPrinter, printInOrder } from './log-printer.ts';
import { noNodes } from './no-nodes.ts';
import { type NodeCommandContext, openNodes, requireOneNode } from './node-command.ts';
import { readJournal, UnreachableError } from './node-journal.ts';
import { printRecorded } from './recorded-logs.ts';
import { openRecordedNodes, type RecordedNodes } from './recorded-nodes.ts';
import { reportError } from './report-error.ts';
import { openWorkspace } from './workspace.ts';

const defaultLines = 100;

/**
 * Prints what the journals of nodes say, and with `--follow` what they will say. Of nodes that are
 * gone or can't be reached it prints what was recorded of them.
 */
export const run: RunCommand = (invocation) =>
  withInterruption(invocation, (signal) => {
    const { follow, lines = defaultLines, recorded } = invocation.options;
    if (recorded && follow) {
      throw new UsageError(
        '--recorded has nothing to follow: it prints the past',
        'Leave out one of --recorded and --follow.',
      );
    }
    return recorded
      ? printRecorded(invocation, lines, signal)
      : printJournals(invocation, lines, signal);
  });

const printJournals = async (
  invocation: Invocation,
  lines: number,
  signal: AbortSignal,
): Promise<ExitStatus> => {
  const { options, stderr, words } = invocation;
  const workspace = await openWorkspace(invocation, signal);
  const existing = await findNodes(workspace.clouds, signal);
  const { gone, nodes } = options.all
    ? { gone: [], nodes: existing }
    : findMeant(invocation, existing);
  const { config, folders, isSandbox } = workspace;
  if (nodes.length + gone.length === 0) {
    stderr.write(noNodes(invocation, config));
    return exitStatus.success;
  }
  const folder = folders.runs({ deployment: config.deployment, isSandbox });
  const recorded = await openRecordedNodes(folder, { lines, signal, unit: options.unit });
  const past: NodeLogLine[] = [];
  for (const word of gone) {
    const found = await recorded.log(word);
    // Not now and, as far as is known, never.
    if (found.lines.length === 0) selectNodes(existing, words);
    stderr.write(`${word} is gone. What was recorded of it, ${found.origin}:\n`);
    past.push(...found.lines);
  }
  const names = [...past, ...nodes.map(({ name }) => ({ node: name }))].map(({ node }) => node);
  const print = createLogPrinter(invocation, [...new Set(names)]);
  if (nodes.length === 0) {
    printInOrder(print, past);
    return exitStatus.success;
  }
  const context = await openNodes(invocation, workspace, nodes, signal);
  return printNodes(context, { lines, past, print, recorded });
};

/** Nodes that the words mean, and words that mean none that lives. */
const findMeant = (
  invocation: Invocation,
  existing: readonly ExistingNode[],
): { readonly gone: readonly string[]; readonly nodes: readonly ExistingNode[] } => {
  const { words } = invocation;
  if (words.length === 0) requireOneNode(invocation, existing, 'logs <node> [node…]');
  const isAlive = (word: string): boolean => {
    try {
      return selectNodes(existing, [word]).length > 0;
    } catch (error) {
      if (error instanceof NodeSelectionError) return false;
      throw error;
    }
  };
  const alive = words.filter(isAlive);
  return {
    gone: words.filter((word) => !alive.includes(word)),
    nodes: alive.length === 0 ? [] : selectNodes(existing, alive),
  };
};

/** Reads all nodes at once; one that fails keeps none of the others from being read. */
const printNodes = async (
  context: NodeCommandContext,
  {
    lines,
    past,
    print,
    recorded,
  }: {
    readonly lines: number;
    /** Of nodes that are gone. */
    readonly past: readonly NodeLogLine[];
    readonly print: LogPrinter;
    readonly recorded: RecordedNodes;
  },
): Promise<ExitStatus> => {
  const { invocation, nodes, signal } = context;
  const { environment, options, stderr } = invocation;
  const { follow, unit } = options;
  // What is followed comes as it arrives; else the lines of all nodes are put in order first.
  const held: NodeLogLine[] = [];
  const take: LogPrinter = follow ? print : (line) => held.push(line);
  for (const line of past) take(line);

  const read = async (node: ExistingNode): Promise<unknown> => {
    const { name } = node;
    try {
      let isSilent = true;
      const units = await readJournal(context, node, {
        lines,
        follow,
        onLine: (line) => {
          isSilent = false;
          take({ ...line, node: name });
        },
        ...(unit === undefined ? {} : { unit }),
      });
      if (isSilent && !follow) {
        stderr.write(`${name}: the journal says nothing of ${units.join(', ')} since boot.\n`);
      }
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UnreachableError)) return error;
      const found = await recorded.log(name);
      if (found.lines.length > 0) {
        stderr.write(`${name} can't be reached. What was recorded of it, ${found.origin}:\n`);
      }
      for (const line of found.lines) take(line);
      return error.cause;
    }
  };
  const failures = (await Promise.all(nodes.map(read))).filter((error) => error !== undefined);
  printInOrder(print, held);
  const [first] = failures;
  if (nodes.length === 1 && first !== undefined) throw first;
  const { debug } = options;
  for (const error of failures) reportError(error, { stderr, debug, environment, options });
  return failures.length === 0 ? exitStatus.success : exitStatus.failure;
};
