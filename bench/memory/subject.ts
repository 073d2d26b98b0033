import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Figure, MeasureOptions, Subject } from '../figure.ts';
import { proportionalOfSsh, residentOfBare } from './baselines.ts';
import { startFleet } from './fleet-process.ts';

const megabyte = 1e6;

/** Four a minute: more than the state keeps of each node, so that it is full after an hour. */
const linesPerHour = 240;

const connections = 1_000;

/** Of OpenSSH's client, whose processes are all alike. */
const handful = 5;

const measure = async (options: MeasureOptions): Promise<readonly Figure[]> => {
  const { folder, log, quick, repetitions } = options;
  const resident: number[] = [];
  const bare: number[] = [];
  const ssh: number[] = [];
  for (let round = 0; round < (quick ? 1 : Math.min(repetitions, 3)); round += 1) {
    log(`  ${connections} connections and ${connections * linesPerHour} lines`);
    const own = path.join(folder, `round-${round}`);
    await mkdir(own);
    // Half a minute, as is usual.
    const fleet = await startFleet(
      { nodes: connections, healthInterval: 30_000 },
      { ...options, folder: own },
    );
    try {
      await fleet.print(linesPerHour);
      resident.push((await fleet.measure()).resident / megabyte);
      bare.push((await residentOfBare(connections, fleet.server, own)) / megabyte);
      ssh.push(((await proportionalOfSsh(handful, fleet.server)) * connections) / megabyte);
    } finally {
      fleet.stop();
    }
  }
  const name = '1,000 nodes, an hour of logs';
  return [
    {
      name,
      unit: 'MB',
      samples: resident,
      baseline: { name: 'ssh2 by itself', samples: bare },
      target: { of: 'value', atMost: 250 },
      note: `the engine, its state and its recording, without a screen; ${linesPerHour} lines of each node`,
    },
    {
      name: `${name}, beside ssh`,
      unit: 'MB',
      samples: resident,
      baseline: { name: `${connections} ssh processes`, samples: ssh },
      note: `connections alone; the proportional set of ${handful} processes, multiplied`,
    },
    await measureDay(options),
  ];
};

/** What a day leaves behind: the heap after its last hour over that after its first. */
const measureDay = async (options: MeasureOptions): Promise<Figure> => {
  const { log, quick } = options;
  const nodes = quick ? 20 : 50;
  log(`  a day of ${nodes} nodes`);
  const fleet = await startFleet({ nodes, healthInterval: 250 }, options);
  try {
    await fleet.print(linesPerHour);
    const before = await fleet.measure();
    for (let hour = 1; hour < 24; hour += 1) await fleet.print(linesPerHour);
    const after = await fleet.measure();
    const residents = [before, after].map((each) => Math.round(each.residentAfter / megabyte));
    return {
      name: 'growth over a day',
      unit: 'ratio',
      samples: [after.heapAfter / before.heapAfter],
      target: { of: 'value', atMost: 1.05 },
      note: `heap after ${24 * linesPerHour} lines of each of ${nodes} nodes and ${fleet.looks()} looks at their health, over that after the first ${linesPerHour}; resident ${residents.join(' → ')} MB`,
    };
  } finally {
    fleet.stop();
  }
};

export const memory: Subject = { name: 'memory', title: 'Memory', measure };
