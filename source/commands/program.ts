import path from 'node:path';
import { exitStatus, exitStatusOf } from './exit-status.ts';
import { watchOutput } from './output-streams.ts';
import type { ParsedArguments } from './parse-arguments.ts';
import { plainQuestion } from './plain-question.ts';
import { version } from './version.ts';

// What is imported above is read at every start: the rest comes when it is needed.

/**
 * Does what the command line says, and ends the process.
 *
 * @param programFolder Absolute path of the folder of the built program.
 */
export const runProgram = async (programFolder: string): Promise<never> => {
  const { argv, stderr, stdout } = process;
  const output = watchOutput(stdout, stderr);
  let parsed: ParsedArguments | undefined;
  output.readerGone.addEventListener('abort', () => {
    const outlivesReader = parsed?.type === 'run' && parsed.command.outlivesReader;
    if (!outlivesReader) process.exit(exitStatus.success);
  });
  const report = async (error: unknown): Promise<number> => {
    const { reportError } = await import('./report-error.ts');
    const { debug = false, ...options } = parsed?.type === 'run' ? parsed.options : {};
    reportError(error, { stderr, debug, environment: process.env, options });
    return exitStatusOf(error);
  };
  let status: number;
  try {
    parsed = plainQuestion(argv.slice(2)) ?? (await parse(argv.slice(2)));
    status = await run(parsed, programFolder, output.readerGone);
  } catch (error) {
    status = await report(error);
  }
  await output.flush().catch(async (error: unknown) => {
    status ||= await report(error);
  });
  // Connections that are kept for reuse must not keep the program.
  process.exit(status);
};

/** @throws UsageError */
const parse = async (argv: readonly string[]): Promise<ParsedArguments> => {
  const { keepCompiledCode } = await import('./compiled-code.ts');
  keepCompiledCode(process.env);
  const { parseArguments } = await import('./parse-arguments.ts');
  return parseArguments(argv, import.meta);
};

const run = async (
  parsed: ParsedArguments,
  programFolder: string,
  readerGone: AbortSignal,
): Promise<number> => {
  const { env: environment, stderr, stdin, stdout } = process;
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
        readerGone,
        currentFolder: process.cwd(),
        programFolder,
        templatesFolder: path.join(programFolder, '..', 'templates'),
      });
    }
    default:
      return parsed satisfies never;
  }
};
