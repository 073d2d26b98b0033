import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a program is started: with the Node that runs the bench, and nothing of the user's own. */
export type Start = {
  readonly words: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly signal: AbortSignal;
};

/**
 * Milliseconds until a program has ended.
 *
 * @throws Error where it did not end with 0
 */
export const timeToEnd = async (start: Start): Promise<number> => {
  const began = performance.now();
  const child = launch(start);
  let trouble = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    trouble += text;
  });
  const [status] = await once(child, 'exit');
  const time = performance.now() - began;
  if (status !== 0) throw new Error(`${start.words.join(' ')} ended with ${status}: ${trouble}`);
  return time;
};

/** Milliseconds until a program has sent the first byte of its first request to EC2. */
export const timeToRequest = async (start: Start): Promise<number> => {
  const asked = Promise.withResolvers<number>();
  const server = createServer();
  server.once('request', () => asked.resolve(performance.now()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const began = performance.now();
  const child = launch({
    ...start,
    environment: { ...start.environment, AWS_ENDPOINT_URL_EC2: `http://127.0.0.1:${port}` },
  });
  const ended = once(child, 'exit');
  void ended.then(() => asked.reject(new Error(`${start.words.join(' ')} asked for nothing`)));
  try {
    return (await asked.promise) - began;
  } finally {
    // Its caches are written at an end of its own choice only.
    child.kill('SIGTERM');
    server.closeAllConnections();
    server.close();
    await ended;
  }
};

/** What a program showed, and when: milliseconds since it was started. */
export type Screening = { readonly firstFrame: number; readonly nodes: number };

/**
 * Starts the dashboard in a terminal of 100 columns, waits until it has drawn its first frame and
 * then until it shows a node, and leaves it.
 */
export const timeToFrames = async (
  { words, environment, folder, signal }: Start,
  node: string,
): Promise<Screening> => {
  const program = [process.execPath, ...words].map((word) => `'${word}'`).join(' ');
  const child = spawn(
    'script',
    // The shell tells the time last of all, so that neither it nor the terminal is counted.
    ['-qec', `stty columns 100 rows 30; date +began:%s%N; exec ${program}`, '/dev/null'],
    { cwd: folder, env: environment, stdio: ['pipe', 'pipe', 'ignore'], signal },
  );
  const ended = once(child, 'exit');
  const screen = watchScreen(child);
  try {
    const firstFrame = await screen.shows('spot-tui');
    const nodes = await screen.shows(node);
    const began = Number(/began:(\d+)/.exec(screen.output())?.[1]) / 1e6;
    return { firstFrame: firstFrame - began, nodes: nodes - began };
  } finally {
    child.stdin?.write('q');
    await ended;
  }
};

/** When which text came out of a terminal; milliseconds since the Unix epoch. */
const watchScreen = (child: ChildProcess) => {
  let output = '';
  let look = (): void => undefined;
  let end = (): void => undefined;
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    look();
  });
  child.once('exit', () => end());
  return {
    output: () => output,
    shows: (text: string) =>
      new Promise<number>((resolve, reject) => {
        look = () => {
          // The dashboard draws on the alternate screen.
          const from = output.indexOf('\u001B[?1049h');
          if (from !== -1 && output.includes(text, from)) {
            resolve(performance.timeOrigin + performance.now());
          }
        };
        end = () => reject(new Error(`the dashboard ended without ${text}: ${output}`));
        look();
      }),
  };
};

const launch = ({ words, environment, folder, signal }: Start): ChildProcess =>
  spawn(process.execPath, words, {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  });
