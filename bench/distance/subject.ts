import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { attempt, timed } from '../attempt.ts';
import { oldWay } from '../baselines/old-way.ts';
import { sshTar } from '../baselines/ssh-tar.ts';
import { prepareClient } from '../clients/client-program.ts';
import type { Figure, MeasureOptions, Subject } from '../figure.ts';
import { type PayloadFolder, writePayload } from '../payload.ts';
import { type OpenSshTargets, startOpenSshTargets } from '../targets/openssh-targets.ts';
import { type DelayingProxy, startDelayingProxy } from './delaying-proxy.ts';

export const distance: Subject = {
  name: 'distance',
  title: 'Distance: the same to one node far away',
  measure: async (options) => {
    const { quick, folder, signal } = options;
    const payload = await writePayload(path.join(folder, 'payload'));
    const targetsFolder = path.join(folder, 'openssh');
    await mkdir(targetsFolder);
    const targets = await startOpenSshTargets(1, targetsFolder, signal);
    try {
      const figures: Figure[] = [];
      const roundTrips: Trips = { ours: [], theirs: [] };
      for (const roundTrip of quick ? [100] : [100, 250]) {
        figures.push(
          ...(await measureDistance(options, { targets, payload, roundTrip, roundTrips })),
        );
      }
      return [...countRoundTrips(roundTrips), ...figures];
    } finally {
      await targets.stop();
    }
  },
};

type Trips = { readonly ours: number[]; readonly theirs: number[] };

const measureDistance = async (
  { quick, repetitions, folder, signal, log }: MeasureOptions,
  {
    targets,
    payload,
    roundTrip,
    roundTrips,
  }: {
    readonly targets: OpenSshTargets;
    readonly payload: PayloadFolder;
    readonly roundTrip: number;
    readonly roundTrips: Trips;
  },
): Promise<readonly Figure[]> => {
  const [near] = targets.all;
  if (near === undefined) throw new Error('there is no target');
  const proxy = await startDelayingProxy(near, near.address, roundTrip);
  try {
    const task = {
      targets: await movedAway(targets, proxy, folder),
      count: 1,
      payload,
      folder,
      signal,
    };
    const product = await prepareClient('product-client', task);
    const shell = await sshTar.prepare(task);
    const old = await oldWay.prepare(task);
    const samples: number[] = [];
    const theirs: number[] = [];
    const before: number[] = [];
    proxy.takeRoundTrips();
    for (let round = 1; round <= repetitions; round += 1) {
      log(`  ${roundTrip} ms away, round ${round} of ${repetitions}`);
      samples.push((await attempt(task, product)).wholeProcess);
      roundTrips.ours.push(proxy.takeRoundTrips());
      theirs.push(await attempt(task, () => timed(shell)));
      roundTrips.theirs.push(proxy.takeRoundTrips());
      if (!quick && round === 1) before.push(await attempt(task, () => timed(old)));
      proxy.takeRoundTrips();
    }
    const name = `${roundTrip} ms away`;
    return [
      {
        name,
        unit: 'ms',
        samples,
        baseline: { name: sshTar.name, samples: theirs },
        target: { of: 'ratio', atMost: 1 },
      },
      ...(before.length === 0
        ? []
        : [
            {
              name: `${name}, beside the old way`,
              unit: 'ms' as const,
              samples,
              baseline: { name: oldWay.name, samples: before },
            },
          ]),
    ];
  } finally {
    await proxy.close();
  }
};

/**
 * Round trips that the product may take for all of it: TCP's, names of both sides, keys, the service,
 * two to authenticate, the channel, the command, its input.
 */
const mostRoundTrips = 9;

/** The same count in each run; a stalled machine can only add to it. */
const countRoundTrips = ({ ours, theirs }: Trips): readonly Figure[] => {
  const samples = [Math.min(...ours)];
  const figure = { unit: 'round trips', samples } as const;
  return [
    {
      name: 'round trips',
      ...figure,
      baseline: { name: sshTar.name, samples: [Math.min(...theirs)] },
      target: { of: 'ratio', atMost: 1, exact: true },
      note: 'the opening of the TCP connection included',
    },
    {
      name: 'round trips, at most',
      ...figure,
      target: { of: 'value', atMost: mostRoundTrips, exact: true },
    },
  ];
};

/** The same targets, reached through the proxy. */
const movedAway = async (
  targets: OpenSshTargets,
  { target }: DelayingProxy,
  folder: string,
): Promise<OpenSshTargets> => {
  const sshConfig = path.join(folder, `ssh_config-${target.port}`);
  await writeFile(sshConfig, `Port ${target.port}\nInclude ${targets.sshConfig}\n`);
  return { ...targets, all: [target], sshConfig };
};
