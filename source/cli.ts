#!/usr/bin/env node
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitStatus, exitStatusOf } from './commands/exit-status.ts';
import { parseArguments } from './commands/parse-arguments.ts';
import { reportError } from './commands/report-error.ts';
import { version } from './commands/version.ts';

const { argv, stdin, stdout, stderr, env: environment } = process;
const programFolder = path.dirname(fileURLToPath(import.meta.url));

/** A reader that went away, such as `head`, is no error. */
const leaveOnBrokenPipe = (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? exitStatus.success);
  throw error;
};

const main = async (): Promise<number> => {
  const parsed = parseArguments(argv.slice(2), import.meta);
  switch (parsed.type) {
    case 'version':
      stdout.write(`${version}\n`);
      return exitStatus.success;
    case 'help': {
      const { commandHelp, programHelp } = await import('./commands/help.ts');
      stdout.write(parsed.command === undefined ? programHelp() : commandHelp(parsed.command));
      return exitStatus.success;
    }
    case 'run': {
      const { run } = await parsed.command.load();
      return run({
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

stdout.on('error', leaveOnBrokenPipe);
stderr.on('error', leaveOnBrokenPipe);
try {
  process.exitCode = await main();
} catch (error) {
  reportError(error, { stderr, debug: argv.includes('--debug') });
  process.exitCode = exitStatusOf(error);
}
// Connections that are kept for reuse must not keep the program.
process.exit();
