import { createInterface } from 'node:readline/promises';
import type { Invocation } from './command.ts';
import { UsageError } from './exit-status.ts';
import { isInteractive } from './interactivity.ts';

/**
 * Asks a question that has to be answered before something is done; `--yes` answers it.
 *
 * @param question Complete, without the choice: `Terminate 3 nodes?`.
 * @throws UsageError where nobody can be asked, and the signal's reason once that aborts.
 */
export const confirm = async (
  invocation: Invocation,
  question: string,
  signal: AbortSignal,
): Promise<boolean> => {
  if (invocation.options.yes) return true;
  if (!isInteractive(invocation)) {
    throw new UsageError(
      `there is nobody to ask: ${question}`,
      'Add --yes if that is what you want.',
      'ci',
    );
  }
  const terminal = createInterface({ input: invocation.stdin, output: invocation.stderr });
  // While a line is read, ctrl-c is a key and no signal.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } catch {
    invocation.stderr.write('\n');
    signal.throwIfAborted();
    // Ctrl-d closes the input without an answer.
    return false;
  } finally {
    terminal.close();
  }
};
