/**
 * The least that ssh2 can do: connections that stand and do nothing. Takes a `BareJob` as its
 * argument, and says `up` once they stand.
 */
import { readFileSync } from 'node:fs';
import ssh2 from 'ssh2';
import { algorithms } from '../../source/ssh/algorithms.ts';
import type { BareJob } from './bare-job.ts';
import type { ClientMessage } from './messages.ts';

const { count, port, privateKeyPath }: BareJob = JSON.parse(process.argv[2] ?? '');
const privateKey = readFileSync(privateKeyPath);
const say = (message: ClientMessage): void => {
  process.send?.(message);
};

const connect = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.on('error', reject);
    client.on('ready', () => resolve());
    client.connect({ host: '127.0.0.1', port, username: 'ubuntu', privateKey, algorithms });
  });

let waiting = count;
const work = async (): Promise<void> => {
  while (waiting > 0) {
    waiting -= 1;
    await connect();
  }
};
await Promise.all(Array.from({ length: 24 }, work));
process.on('message', () => {
  const { heapUsed, rss } = process.memoryUsage();
  say({ type: 'measured', resident: rss, residentAfter: rss, heapAfter: heapUsed, lines: 0 });
});
process.on('disconnect', () => process.exit(0));
say({ type: 'up', ready: count });
