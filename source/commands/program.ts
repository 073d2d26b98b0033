import path from 'node:path';
import { exitStatus, exitStatusOf } from './exit-status.ts';
import { parseArguments } from './parse-arguments.ts';
import { reportError } from './report-error.ts';
import { version } from './version.ts';

/**
 * Does what the command line says, and ends the process.
 *
 * @param programFolder Absolute path of the folder of the built program.
 */
export const runProgram = async (programFolder: string): Promise<never> => {
  const { argv, stderr, stdout } = process;
  stdout.on('error', leaveOnBrokenPipe);
  stderr.on('error', leaveOnBrokenPipe);
  let status: number;
  try {
    status = await run(argv.slice(2), programFolder);
  } catch (error) {
    reportError(error, { stderr, debug: argv.includes('--debug') });
    status = exitStatusOf(error);
  }
  // Connections that are kept for reuse must not keep the program.
  process.exit(status);
};

/** A reader that went away, such as `head`, is no error. */
const leaveOnBrokenPipe = (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? exitStatus.success);
  throw error;
};

const run = async (words: readonly string[], programFolder: string): Promise<number> => {
  const { env: environment, stderr, stdin, stdout } = process;
  const parsed = parseArguments(words, import.meta);
  switch (parsed.type) {
    case 'version':
      stdout.write(`${version}\n`);
      return exitStatus.success;
    case 'help': {
      const { commandHelp, programHelp } = await import('./help.ts');
      stdout.write(parsed.command === undefined ? programHelp() : commandHelp(parsed.command));
      return exitStatus.success;
    }
    case 'run': {
      const command = await parsed.command.load();
      return command.run({
        words: parsed.words,
        remoteCommand: parsed.remoteCommand,
        options: parsed.options,
        environment,
        stdin,
        stdout,
        stderr,
        currentFolder: process.cwd(),
        programFolder,
        templatesFolder: path.join(programFolder, '..', 'templates'),
      });
    }
    default:
      return parsed satisfies never;
  }
};
