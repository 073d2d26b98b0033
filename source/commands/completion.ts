import type { RunCommand } from './command.ts';
import { bashCompletion } from './completion/bash.ts';
import { type CompletedProgram, completedProgram } from './completion/completed-commands.ts';
import { fishCompletion } from './completion/fish.ts';
import { type Shell, shells } from './completion/shells.ts';
import { zshCompletion } from './completion/zsh.ts';
import { exitStatus, UsageError } from './exit-status.ts';

const scripts: Record<Shell, (program: CompletedProgram) => string> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Prints what makes a shell complete command lines of the program. */
export const run: RunCommand = async ({ options, stdout, words: [word] }) => {
  const shell = shells.map(([name]) => name).find((name) => name === word);
  if (shell === undefined) {
    throw new UsageError(
      word === undefined ? 'completion for which shell?' : `there is no completion for ${word}`,
      `Write one of: ${shells.map(([name]) => `spot-tui completion ${name}`).join(', ')}.`,
    );
  }
  const script = scripts[shell](completedProgram());
  stdout.write(options.json ? `${JSON.stringify({ shell, script })}\n` : script);
  return exitStatus.success;
};
