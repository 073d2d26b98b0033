import assert from 'node:assert/strict';
import type { Instance } from '../../source/ec2/cloud.ts';
import type { Ec2RegionCloud } from '../../source/ec2/region-cloud.ts';

/** Runs a named step of the way. */
export type Step = (name: string, work: () => Promise<void>) => Promise<void>;

/** What is otherwise than with a default configuration and an endpoint as EC2 documents it. */
export type Deviations = {
  /** Its answer to a launch does not say where the instances are. */
  readonly placesInstancesSilently?: boolean;
  /** Its lists do not say that instances are spot instances. */
  readonly forgetsSpot?: boolean;
  /** Kinds of resources that it does not find by their tags, or does not remove. */
  readonly keeps?: readonly string[];
  /** What there is to remove besides, with `…` for what is different each time. */
  readonly removesToo?: readonly string[];
};

/** Takes a fleet of five from nothing to nothing, as `create` and `destroy` do. */
export const liveThrough = async (
  cloud: Ec2RegionCloud,
  signal: AbortSignal,
  step: Step = (_, work) => work(),
  {
    forgetsSpot = false,
    keeps = [],
    placesInstancesSilently = false,
    removesToo = [],
  }: Deviations = {},
): Promise<void> => {
  const userData = '#cloud-config\nruncmd: []\n';
  const request = { count: 5, userData };
  let ids: string[] = [];

  await step('rehearse in an empty account', async () => {
    await cloud.rehearse(request, signal);
    assert.deepEqual(await cloud.describe(signal), []);
  });

  await step('prepare, twice', async () => {
    await cloud.prepare({ userData }, signal);
    await cloud.prepare({ userData }, signal);
  });

  await step('rehearse with everything there', () => cloud.rehearse(request, signal));

  await step('launch five', async () => {
    const answer = await cloud.launch(request, signal);
    assert.deepEqual(answer.refusals, []);
    await cloud.concludeLaunch(answer, signal);
    assert.equal(await cloud.openLaunch(signal), undefined);
    ids = answer.instances.map(({ instanceId }) => instanceId).sort();
    assert.equal(new Set(ids).size, 5);
    if (placesInstancesSilently) return;
    for (const instance of answer.instances) assert.match(instance.zone ?? '', /^us-west-2[a-z]$/);
  });

  await step('tag them', () =>
    cloud.tag(
      new Map(ids.map((id, index) => [id, { 'spot-tui:node': `us-west-2-${index + 1}` }])),
      signal,
    ),
  );

  await step('watch until they run', async () => {
    const running = await watchUntil(
      cloud,
      signal,
      (instances) => instances.length === 5 && instances.every(({ state }) => state === 'running'),
    );
    assert.deepEqual(running.map(({ instanceId }) => instanceId).sort(), ids);
    for (const instance of running) {
      assert.equal(instance.tags['spot-tui:deployment'], 'orchard');
      assert.equal(instance.tags['spot-tui:generation'], '1');
      assert.equal(instance.tags['spot-tui:version'], '0.1.0');
      assert.match(instance.tags['spot-tui:node'] ?? '', /^us-west-2-[1-5]$/);
      if (!forgetsSpot) assert.equal(instance.lifecycle, 'spot');
      assert.ok(instance.address);
    }
    const nodes = new Set(running.map(({ tags }) => tags['spot-tui:node']));
    assert.equal(nodes.size, 5);
  });

  await step('find what was made', async () => {
    const { instances, resources, unseen } = await cloud.scan(signal);
    assert.deepEqual(unseen, []);
    assert.equal(instances.length, 5);
    assert.ok(resources.includes('security group spot-tui-orchard (us-west-2)'));
  });

  await step('rehearse with a fleet there', async () => {
    await cloud.rehearse(request, signal);
    const instances = await cloud.describe(signal);
    assert.deepEqual(instances.map(({ instanceId, state }) => [instanceId, state]).toSorted(), [
      ...ids.map((id) => [id, 'running']),
    ]);
  });

  await step('read a console', async () => {
    assert.equal(typeof (await cloud.consoleOutput(ids[0] ?? '', signal)), 'string');
  });

  await step('look up spot prices', async () => {
    for (const { price } of await cloud.spotPrices(signal)) assert.ok(price > 0);
  });

  await step('list the regions', async () => {
    assert.ok((await cloud.enabledRegions(signal)).includes('us-west-2'));
  });

  await step('clean up nothing while they run', async () => {
    const answer = await cloud.cleanUp(signal);
    assert.deepEqual(answer.removed, []);
    assert.equal(answer.left.length, 1);
  });

  await step('terminate them, and one that never was', async () => {
    await cloud.terminate([...ids, 'i-0123456789abcdef0'], signal);
    await watchUntil(cloud, signal, (instances) =>
      instances.every(({ state }) => state === 'terminated' || state === 'shutting-down'),
    );
  });

  await step('clean up', async () => {
    const isKept = (name: string) => keeps.some((kind) => name.includes(`${kind} `));
    const answer = await cloud.cleanUp(signal);
    assert.deepEqual(
      answer.left.filter((name) => !isKept(name)),
      [],
    );
    assert.deepEqual(
      answer.removed.map((name) => name.replace(/-[0-9a-f]{8,}[-0-9a-f]* /, '-… ')).toSorted(),
      [
        'launch template spot-tui-orchard (us-west-2)',
        'fleet fleet-… (us-west-2)',
        'key pair spot-tui-orchard-… (us-west-2)',
        'security group spot-tui-orchard (us-west-2)',
        ...removesToo,
      ]
        .filter((name) => !isKept(name))
        .toSorted(),
    );
    const { removed, left } = await cloud.cleanUp(signal);
    assert.deepEqual(
      { removed, left: left.filter((name) => !isKept(name)) },
      { removed: [], left: [] },
    );
    const { resources, unseen } = await cloud.scan(signal);
    assert.deepEqual(
      { resources: resources.filter((name) => !isKept(name)), unseen },
      { resources: [], unseen: [] },
    );
  });
};

const watchUntil = async (
  cloud: Ec2RegionCloud,
  signal: AbortSignal,
  isDone: (instances: readonly Instance[]) => boolean,
): Promise<Instance[]> => {
  for await (const instances of cloud.watch({ interval: 100, signal })) {
    if (isDone(instances)) return instances;
  }
  signal.throwIfAborted();
  return [];
};
