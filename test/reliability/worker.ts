import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ChaosProxy } from './chaos-proxy.ts';
import { faultCases } from './fault-cases.ts';
import { runSeed } from './matrix-run.ts';
import { separateWorlds } from './program-in-process.ts';
import { Slots } from './slot.ts';

/** What a worker is asked to do, and what it answers. */
export type WorkerTask = { readonly fault: string; readonly seed: number; readonly slot: number };

const endpointHost = 'ec2.reliability.test';

const concurrency = Number(process.argv[2]);
const folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-reliability-aws-'));
const slots = new Slots(folder, concurrency);
await slots.write();
const proxy = await ChaosProxy.start();
Object.assign(process.env, slots.environment, {
  AWS_ENDPOINT_URL_EC2: proxy.url.replace('127.0.0.1', endpointHost),
});
separateWorlds(endpointHost);

const serve = async ({ fault: name, seed, slot }: WorkerTask): Promise<void> => {
  const fault = faultCases.find((each) => each.name === name);
  if (fault === undefined) throw new Error(`there is no fault ${name}`);
  try {
    process.send?.({ slot, record: await runSeed({ fault, seed, proxy, slots, slot }) });
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const record = { fault: name, seed, text: '', outcome: {}, seconds: 0, log: [] };
    process.send?.({ slot, record: { ...record, violations: [`the suite failed: ${text}`] } });
  }
};

process.on('message', (task: WorkerTask) => void serve(task));
process.once('disconnect', () => {
  proxy.close();
  rm(folder, { recursive: true, force: true }).finally(() => process.exit(0));
});
process.send?.({ ready: true });
