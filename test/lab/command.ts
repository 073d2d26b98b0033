import { spawn } from 'node:child_process';

export type CommandResult = {
  /** Null when a signal ended the command. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type CommandOptions = {
  /** Written to standard input, which is empty otherwise. */
  readonly stdin?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly directory?: string;
  /** Milliseconds after which the command is killed; default one minute. */
  readonly timeout?: number;
  /** Complete lines of standard output as they come, with a way to kill the command then. */
  readonly onLine?: (line: string, kill: () => void) => void;
};

/** Runs a program to its end. A non-zero exit is a result; a program that can't start rejects. */
export const runCommand = (
  file: string,
  parameters: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> =>
  new Promise((resolve, reject) => {
    const child = spawn(file, parameters, {
      cwd: options.directory,
      env: options.environment ?? process.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeout ?? 60_000,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    let pending = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const lines = (pending + text).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) options.onLine?.(line, () => child.kill('SIGKILL'));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    // A child that leaves before it has read everything says why by its exit status.
    child.stdin.on('error', () => child.stdin.destroy());
    child.stdin.end(options.stdin ?? '');
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });

/** Runs a program that is meant to succeed and returns its standard output, trimmed. */
export const output = async (
  file: string,
  parameters: readonly string[],
  options: CommandOptions = {},
): Promise<string> => {
  const result = await runCommand(file, parameters, options);
  if (result.exitCode !== 0) {
    const reason = result.stderr.trim() || result.stdout.trim() || 'no output';
    throw new Error(
      `${[file, ...parameters].join(' ')} ended with status ${result.exitCode}: ${reason}`,
    );
  }
  return result.stdout.trim();
};
