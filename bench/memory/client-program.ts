/**
 * The product's engine with a fleet: its store, its recording and one connection to each node.
 * Takes a `ClientJob` as its argument, says when all nodes are ready, and what it takes when asked.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { builtInConfig } from '../../source/config/built-in.ts';
import { createApiCallCounter } from '../../source/ec2/call-counter.ts';
import { createRegionCloud } from '../../source/ec2/region-cloud.ts';
import type { Emit } from '../../source/events/event.ts';
import { FleetController } from '../../source/fleet/controller.ts';
import { sshPortOf } from '../../source/fleet/ssh-port.ts';
import { createFleetStore } from '../../source/fleet/store.ts';
import { buildPayload } from '../../source/pipeline/payload/payload.ts';
import { loadRemoteScripts } from '../../source/pipeline/remote-script.ts';
import { buildUserData } from '../../source/pipeline/user-data.ts';
import { startRecording } from '../../source/reporters/run-recording.ts';
import { createAdmission } from '../../source/ssh/admission.ts';
import { createConnection } from '../../source/ssh/node-connection.ts';
import type { ClientJob } from './client-job.ts';
import type { ClientMessage } from './messages.ts';

const job: ClientJob = JSON.parse(process.argv[2] ?? '');
const { folder, nodes, templatesFolder } = job;
const say = (message: ClientMessage): void => {
  process.send?.(message);
};

const built = builtInConfig({
  templatesFolder,
  privateKeyPath: job.privateKeyPath,
  publicKeyPath: `${job.privateKeyPath}.pub`,
});
const config = {
  ...built,
  totalInstances: nodes,
  regions: built.regions.slice(0, 1),
  payload: { ...built.payload, ...job.payload },
  settleTime: 0,
  healthInterval: job.healthInterval,
};
const payload = await buildPayload(config, templatesFolder);
const privateKey = await readFile(job.privateKeyPath);
const store = createFleetStore();
let lines = 0;
const recording = startRecording({
  folder,
  file: path.join(folder, '2026-01-01T00-00-00.000Z-create-1.ndjson'),
  onProblem: (message) => emit({ event: 'notice', time: Date.now(), level: 'warning', message }),
});
const emit: Emit = (event) => {
  if (event.event === 'log' && event.source === 'bacalhau') lines += 1;
  store.dispatch(event);
  recording.record(event);
};
const admission = createAdmission(24);
const controller = new FleetController({
  config,
  payload,
  buildPayload: () => Promise.resolve(payload),
  scripts: await loadRemoteScripts(templatesFolder),
  buildUserData: () => buildUserData(config, templatesFolder),
  clouds: config.regions.map((regionConfig) =>
    createRegionCloud({
      region: regionConfig.region,
      config,
      regionConfig,
      version: 'bench',
      calls: createApiCallCounter(),
      endpoint: job.endpoint,
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' },
    }),
  ),
  connect: (instance) =>
    createConnection({
      target: {
        host: instance.address ?? '',
        port: sshPortOf(instance, config),
        username: 'ubuntu',
      },
      identity: { type: 'key', privateKey },
      // Who is let in costs nothing that stays.
      hostKey: async () => ({ trusted: true, verified: true }),
      admission,
    }),
  sshCommand: () => ({ file: 'ssh', arguments: [] }),
  emit,
  clock: Date.now,
  followLogs: true,
  watchFleet: true,
  by: 'bench',
  hasConsole: false,
});

process.on('message', () => {
  const { rss: resident } = process.memoryUsage();
  for (let time = 0; time < 3; time += 1) globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  say({ type: 'measured', resident, residentAfter: rss, heapAfter: heapUsed, lines });
});
process.on('disconnect', () => process.exit(0));
await controller.create(new AbortController().signal);
const ready = [...store.getState().nodes.values()].filter(({ phase }) => phase === 'ready');
const [failed] = [...store.getState().nodes.values()].filter(({ phase }) => phase === 'failed');
if (failed !== undefined) process.stderr.write(`${JSON.stringify(failed)}\n`);
say({ type: 'up', ready: ready.length });
