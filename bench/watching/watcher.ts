/**
 * Connects to nodes and looks at each again and again, as the health watch does, but without its
 * pauses: reads a `WatcherJob` from the file that it is given and prints a `WatcherResult`.
 */
import { readFile } from 'node:fs/promises';
import { inspectionsAtOnce } from '../../source/fleet/fleet-sessions.ts';
import { runChecks } from '../../source/pipeline/checks/checks.ts';
import { healthOf } from '../../source/pipeline/inspection/health.ts';
import { inspectNode } from '../../source/pipeline/inspection/inspect-node.ts';
import { loadRemoteScripts } from '../../source/pipeline/remote-script.ts';
import { createAdmission, handshakesAtOnce } from '../../source/ssh/admission.ts';
import { createConnection } from '../../source/ssh/node-connection.ts';
import { expected } from './expected.ts';
import type { WatcherJob, WatcherResult } from './watcher-job.ts';

const [jobFile = ''] = process.argv.slice(2);
const job: WatcherJob = JSON.parse(await readFile(jobFile, 'utf8'));
const scripts = await loadRemoteScripts(job.templatesFolder);
const { signal } = new AbortController();
const admission = createAdmission(handshakesAtOnce);
const looks = createAdmission(inspectionsAtOnce);
const connections = Array.from({ length: job.nodes }, () =>
  createConnection({
    target: { host: '127.0.0.1', port: job.port, username: 'ubuntu' },
    identity: { type: 'key', privateKey: job.privateKey },
    hostKey: async () => ({ trusted: true }),
    admission,
  }),
);

const look = async (connection: (typeof connections)[number]): Promise<void> => {
  const leave = await looks.enter(signal);
  try {
    const facts = await inspectNode(scripts, connection, expected, signal);
    healthOf(facts, runChecks(facts, expected), { name: 'node', services: expected.services });
  } finally {
    leave();
  }
};

/** Milliseconds of processor time that work takes. */
const cost = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { system, user } = process.cpuUsage(before);
  return (system + user) / 1000;
};

const connecting = await cost(() =>
  Promise.all(connections.map((connection) => connection.connect(signal))),
);
// The first looks are slower: code is compiled.
await Promise.all(connections.map(look));
const looking = await cost(async () => {
  for (let round = 0; round < job.looks; round += 1) await Promise.all(connections.map(look));
});
const result: WatcherResult = {
  connecting: connecting / job.nodes,
  looking: looking / job.nodes / job.looks,
};
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
