/**
 * The least that ssh2 can do: per target one connection, one command, the same bytes on its
 * standard input. Reads a `ClientJob` and prints a `ClientResult`; what is below it is ssh2's.
 */
import { readFile } from 'node:fs/promises';
import ssh2, { type AnyAuthMethod } from 'ssh2';
import { loadConfig } from '../../source/config/load.ts';
import { buildPayload } from '../../source/pipeline/payload/payload.ts';
import { algorithms } from '../../source/ssh/algorithms.ts';
import { extractAndTrigger } from '../baselines/extract-and-trigger.ts';
import type { Target } from '../targets/target.ts';
import type { ClientJob, ClientResult } from './client-job.ts';

const [jobFile = ''] = process.argv.slice(2);
const job: ClientJob = JSON.parse(await readFile(jobFile, 'utf8'));
const { config } = await loadConfig(job.configFile, {
  environment: process.env,
  workingDirectory: process.cwd(),
});
const { archive } = await buildPayload(config, job.templatesFolder);
const privateKey = await readFile(job.privateKeyPath);

const method: AnyAuthMethod = { type: 'publickey', username: job.username, key: privateKey };

const send = ({ address, port }: Target): Promise<void> =>
  new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.on('error', reject);
    client.on('ready', () => {
      client.exec(extractAndTrigger, (error, channel) => {
        if (error) {
          reject(error);
          return;
        }
        channel.on('exit', (code) =>
          code === 0 ? resolve() : reject(new Error(`${address}: status ${code}`)),
        );
        channel.resume();
        channel.stderr.resume();
        channel.end(archive);
      });
    });
    client.connect({
      host: address,
      port,
      username: job.username,
      authHandler: [method],
      algorithms,
      hostVerifier: () => true,
      readyTimeout: 60_000,
    });
  });

const waiting = [...job.targets];
const work = async (): Promise<void> => {
  for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
    await send(target);
  }
};
const begin = performance.now();
const before = process.cpuUsage();
await Promise.all(Array.from({ length: 50 }, work));
const { user, system } = process.cpuUsage(before);
const result: ClientResult = {
  milliseconds: performance.now() - begin,
  computing: (user + system) / 1000,
  peakMemory: process.resourceUsage().maxRSS * 1024,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);
