import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Figure, MeasureOptions, Subject } from '../figure.ts';
import { callsOf, callsWithout, type FleetCalls, type FleetToCount } from './counts.ts';

const run = promisify(execFile);

/** An hour is watched of each; the short form looks at the largest fleet for a shorter time. */
const fleets: readonly FleetToCount[] = [
  { nodes: 10, regions: 1, minutes: 60 },
  { nodes: 100, regions: 1, minutes: 60 },
  { nodes: 1000, regions: 1, minutes: 60 },
  { nodes: 1000, regions: 3, minutes: 60 },
];
const quickFleets: readonly FleetToCount[] = [
  { nodes: 10, regions: 1, minutes: 60 },
  { nodes: 100, regions: 1, minutes: 60 },
  { nodes: 1000, regions: 1, minutes: 3 },
];

/** Polls in a minute of a fleet at rest. */
const polls = 6;

/** Looking around, making the ground, noting the launch, polls while machines come: per region. */
const preparing = 45;

/**
 * Tags of things that are not nodes, and of nodes that EC2 did not know yet: eight are asked for at
 * a time, and a few times in vain.
 */
const otherTags = 40;

/**
 * The fleet's own process, with the SDK and over HTTP, at the sandbox's endpoint, which counts. Its
 * machines are a model, reached without a network: how nodes are reached concerns EC2 only in that
 * their consoles are read. Time jumps from one timer to the next, so that every count comes out the
 * same on every machine.
 */
export const ec2Calls: Subject = {
  name: 'ec2-calls',
  title: 'EC2 calls: from nothing to ready, and an hour of watching',
  measure: async (options) => {
    const figures: Figure[] = [];
    for (const fleet of options.quick ? quickFleets : fleets) {
      options.log(`  ${nameOf(fleet)}, watched for ${fleet.minutes} min`);
      figures.push(...figuresOf(fleet, await count(fleet, options)));
    }
    return figures;
  },
};

const count = async (
  { minutes, nodes, regions }: FleetToCount,
  { folder, signal }: MeasureOptions,
): Promise<FleetCalls> => {
  const own = path.join(folder, `${nodes}-${regions}`);
  await mkdir(own);
  const program = path.join(import.meta.dirname, 'fleet.ts');
  const numbers = [nodes, regions, minutes].map(String);
  const { stdout } = await run(process.execPath, ['--import', 'tsx', program, ...numbers, own], {
    signal,
  });
  const calls = JSON.parse(stdout) as FleetCalls;
  if (calls.ready < nodes) {
    throw new Error(`${calls.ready} of ${nodes} nodes became ready: ${calls.notices.join('; ')}`);
  }
  return calls;
};

const nameOf = ({ nodes, regions }: FleetToCount): string =>
  `${nodes} nodes in ${regions} ${regions === 1 ? 'region' : 'regions'}`;

const figuresOf = (fleet: FleetToCount, { launch, watch }: FleetCalls): Figure[] => {
  const { minutes, nodes, regions } = fleet;
  const name = nameOf(fleet);
  const perNode = 'a call per node, as `aws ec2` in a loop';
  const exactly = (atMost: number) => ({ of: 'value', atMost, exact: true }) as const;
  return [
    {
      name: `${name}: launches (CreateFleet)`,
      unit: 'calls',
      samples: [callsOf(launch, 'CreateFleet')],
      baseline: { name: perNode, samples: [nodes] },
      target: exactly(regions * 2 * Math.ceil(nodes / regions / 500)),
    },
    {
      name: `${name}: all else up to ready, without tags and consoles`,
      unit: 'calls',
      samples: [callsWithout(launch, 'CreateFleet', 'CreateTags', 'GetConsoleOutput')],
      target: exactly(regions * preparing),
    },
    {
      name: `${name}: tags (CreateTags)`,
      unit: 'calls',
      samples: [callsOf(launch, 'CreateTags')],
      target: exactly(2 * nodes + regions * otherTags),
      note: 'EC2 writes the same tags on many resources in a call; names and host keys differ',
    },
    {
      name: `${name}: consoles (GetConsoleOutput), per instance by nature`,
      unit: 'calls',
      samples: [callsOf(launch, 'GetConsoleOutput') + callsOf(watch, 'GetConsoleOutput')],
      target: exactly(nodes),
    },
    {
      name: `${name}: watched (DescribeInstances)`,
      unit: 'calls/min',
      samples: [callsOf(watch, 'DescribeInstances') / minutes],
      baseline: { name: 'a call per node and poll', samples: [nodes * polls] },
      target: exactly(regions * polls),
    },
    {
      name: `${name}: all else while watched`,
      unit: 'calls',
      samples: [callsWithout(watch, 'DescribeInstances', 'GetConsoleOutput')],
      target: exactly(regions * Math.ceil(minutes / 60)),
      note: `prices, once an hour; in ${minutes} min`,
    },
  ];
};
