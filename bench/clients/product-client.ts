/**
 * The product's own way from nothing to a returned trigger, as a program: reads a `ClientJob` from
 * the file that it is given and prints a `ClientResult`.
 */
import { readFile } from 'node:fs/promises';
import { loadConfig } from '../../source/config/load.ts';
import type { Instance } from '../../source/ec2/cloud.ts';
import type { NodeContext } from '../../source/pipeline/node-context.ts';
import type { NodeReport } from '../../source/pipeline/node-report.ts';
import { buildPayload } from '../../source/pipeline/payload/payload.ts';
import { runPipeline } from '../../source/pipeline/pipeline.ts';
import { loadRemoteScripts } from '../../source/pipeline/remote-script.ts';
import { createAdmission, handshakesAtOnce } from '../../source/ssh/admission.ts';
import { loadIdentity } from '../../source/ssh/identity.ts';
import { createConnection } from '../../source/ssh/node-connection.ts';
import type { Target } from '../targets/target.ts';
import type { ClientJob, ClientResult } from './client-job.ts';

const [jobFile = ''] = process.argv.slice(2);
const job: ClientJob = JSON.parse(await readFile(jobFile, 'utf8'));
const { config } = await loadConfig(job.configFile, {
  environment: process.env,
  workingDirectory: process.cwd(),
});
const [payload, scripts, { identity }] = await Promise.all([
  buildPayload(config, job.templatesFolder),
  loadRemoteScripts(job.templatesFolder),
  loadIdentity({ privateKeyPath: job.privateKeyPath }),
]);
const admission = createAdmission(handshakesAtOnce);

/** Drives one target to the end of `configuring`, which is where the node would be verified. */
const drive = async (target: Target, index: number): Promise<void> => {
  const instanceId = `i-${index.toString(16).padStart(17, '0')}`;
  const instance: Instance = {
    instanceId,
    region: 'us-west-2',
    zone: 'us-west-2a',
    instanceType: 't3.medium',
    imageId: 'ami-00000000000000000',
    state: 'running',
    address: target.address,
    launchedAt: Date.now(),
    lifecycle: 'spot',
    tags: {},
  };
  const connection = createConnection({
    target: { host: target.address, port: target.port, username: job.username },
    identity,
    hostKey: async ({ line }) =>
      line === job.hostKey
        ? { trusted: true }
        : { trusted: false, reason: 'another host key', hint: 'start the targets anew' },
    admission,
  });
  const done = new AbortController();
  let trouble = '';
  const ignore = () => undefined;
  const report: NodeReport = {
    phase: (phase) => {
      if (phase === 'verifying') done.abort();
    },
    failed: (phase, { message, output }) => {
      trouble = [`${phase}: ${message}`, ...output].join('\n');
    },
    degraded: ignore,
    health: ignore,
    progress: ignore,
    log: ignore,
  };
  const context: NodeContext = {
    name: `us-west-2-${index + 1}`,
    region: 'us-west-2',
    index: index + 1,
    config,
    payload,
    scripts,
    report,
    machine: {
      instanceId,
      launching: async () => undefined,
      launched: async () => ({ instanceId, instanceType: 't3.medium' }),
      running: async () => instance,
      connection: () => connection,
      doubt: ignore,
    },
  };
  const outcome = await runPipeline(context, {
    journey: 'create',
    attempt: 1,
    signal: done.signal,
  });
  if (outcome !== 'aborted') throw new Error(`${target.address} ${outcome}: ${trouble}`);
};

const begin = performance.now();
const before = process.cpuUsage();
await Promise.all(job.targets.map(drive));
const { user, system } = process.cpuUsage(before);
const result: ClientResult = {
  milliseconds: performance.now() - begin,
  computing: (user + system) / 1000,
  peakMemory: process.resourceUsage().maxRSS * 1024,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
// Connections are left as the program's end leaves them.
process.exit(0);
