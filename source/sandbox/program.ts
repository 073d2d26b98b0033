import process from 'node:process';
import { readArguments } from './program-arguments.ts';
import { type CreateHypervisor, runSandbox } from './run-sandbox.ts';

/** Milliseconds after which a sandbox that ends is gone, whatever still hangs. */
const longestEnd = 15_000;

/**
 * The sandbox's process from its start to its exit. What it has to say goes to its own output,
 * which is the sandbox's log.
 */
export const runProgram = async (
  text: readonly string[],
  createHypervisor: CreateHypervisor,
): Promise<never> => {
  process.title = 'spot-tui sandbox';
  const controller = new AbortController();
  const endFor = (reason: string): void => {
    controller.abort(reason);
    setTimeout(() => {
      say('ended without cleaning up: something hangs');
      process.exit(1);
    }, longestEnd).unref();
  };
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(name, () => endFor(`it got ${name}`));
  }
  let exitCode = 0;
  process.on('uncaughtException', (error) => {
    say(error.stack ?? error.message);
    exitCode = 1;
    endFor('of a defect');
  });
  try {
    const reason = await runSandbox(readArguments(text), createHypervisor, controller.signal);
    say(`ended because ${reason}`);
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    exitCode = 1;
  }
  process.exit(exitCode);
};

const say = (message: string): void => {
  process.stderr.write(`${new Date().toISOString()} ${message}\n`);
};
