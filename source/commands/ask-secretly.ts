import password from '@inquirer/password';
import type { Invocation } from './command.ts';
import { interruptHere } from './interruption.ts';

/**
 * Asks for something that is not shown while it is typed.
 *
 * @throws The signal's reason once that aborts, which ctrl-c makes it do.
 */
export const askSecretly = async (
  { stderr }: Pick<Invocation, 'stderr'>,
  message: string,
  signal: AbortSignal,
): Promise<string> => {
  try {
    return await password({ message }, { signal, output: stderr });
  } catch (error) {
    // While it is typed, ctrl-c is a key and no signal.
    if (error instanceof Error && error.name === 'ExitPromptError') await interruptHere(signal);
    signal.throwIfAborted();
    throw error;
  }
};
