import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { tagNames } from '../../source/ec2/cloud.ts';
import { startEndpoint } from '../../source/sandbox/endpoint/endpoint.ts';
import { Machines } from '../sandbox/machines.ts';
import { ours, templateSet } from './account.ts';
import { openRegion, patient, type RegionSettings, startRegion } from './region.ts';
import { rejection } from './rejection.ts';

const userData = '{}';

/**
 * An account in which an instance is listed only a good while after its launch, and what its own
 * ledger says was launched.
 */
const startAccount = async (context: TestContext) => {
  const endpoint = await startEndpoint({
    hypervisor: new Machines(),
    bootTimes: {
      visible: [300, 600],
      running: [0, 0],
      statusChecks: [0, 0],
      shuttingDown: [0, 0],
      remembered: 3_600_000,
    },
  });
  context.after(() => endpoint.close());
  return {
    endpoint,
    /** Another process that uses the account. */
    open: async (settings: RegionSettings = {}) => {
      const patience = { firstPause: 20, visibility: 5_000, listing: 5_000, trouble: 0 };
      const { cloud } = await openRegion(context, endpoint.url, {
        ...settings,
        options: { patience },
      });
      return cloud;
    },
    launched: () =>
      endpoint.ledger
        .entries()
        .flatMap((entry) => (entry.type === 'launched' ? [entry.instanceId] : [])),
  };
};

const idsOf = (instances: readonly { readonly instanceId: string }[]): string[] =>
  instances.map(({ instanceId }) => instanceId).sort();

test('the launch of a process that died gives the next one the same instances', async (context) => {
  const account = await startAccount(context);
  const [dead, next] = [await account.open(), await account.open()];
  const lost = await dead.launch({ count: 3, userData }, patient());
  assert.deepEqual(await next.settle(patient()), [], 'EC2 lists nothing yet');
  const open = await next.openLaunch(patient());
  assert.deepEqual([open?.generation, open?.count], [1, 3]);
  const found = await next.launch({ count: 3, userData }, patient());
  assert.deepEqual(idsOf(found.instances), idsOf(lost.instances));
  assert.deepEqual([found.isOvertaken, found.isFull], [false, true]);
  await next.concludeLaunch(found, patient());
  assert.equal(await next.openLaunch(patient()), undefined);
  assert.equal(account.launched().length, 3);
});

test('one that wants more nodes than the process that died gets the same first', async (context) => {
  const account = await startAccount(context);
  const [dead, next] = [await account.open(), await account.open()];
  const lost = await dead.launch({ count: 2, nodes: ['a', 'b'], userData }, patient());
  const wanted = { count: 3, nodes: ['a', 'b', 'c'], userData };
  const answer = await next.launch(wanted, patient());
  assert.deepEqual(idsOf(answer.instances), idsOf(lost.instances));
});

for (const [what, wanted, settings] of [
  ['fewer', { count: 2, userData }, {}],
  ['other nodes', { count: 3, nodes: ['x', 'y', 'z'], userData }, {}],
  ['another price', { count: 3, userData }, { region: { spotPriceLimit: 9 } }],
  ['other user data', { count: 3, userData: '{"other":1}' }, {}],
] as const) {
  test(`the launch of a process that died is waited for by one that wants ${what}`, async (context) => {
    const account = await startAccount(context);
    const [dead, next] = [await account.open(), await account.open(settings)];
    const lost = await dead.launch({ count: 3, userData }, patient());
    const names = lost.instances.map(
      ({ instanceId }, index) => [instanceId, { [tagNames.node]: `us-west-2-${index}` }] as const,
    );
    await dead.tag(new Map(names), patient());
    const answer = await next.launch(wanted, patient());
    assert.deepEqual([answer.isOvertaken, answer.instances], [true, []]);
    assert.deepEqual(idsOf(await next.settle(patient())), idsOf(lost.instances));
    assert.equal(await next.openLaunch(patient()), undefined);
    const more = await next.launch({ count: 2, userData }, patient());
    assert.deepEqual([more.generation, more.instances.length], [2, 2]);
    assert.equal(account.launched().length, 5);
  });
}

test('a launch that was noted and never sent takes nothing away, and adds nothing', async (context) => {
  const account = await startAccount(context);
  const [dead, next] = [await account.open(), await account.open()];
  await dead.prepare({ userData }, patient());
  const fault = { kind: 'deny', action: 'CreateFleet', code: 'InternalError' } as const;
  await account.endpoint.injectFault(fault);
  await rejection(dead.launch({ count: 3, userData }, patient()));
  account.endpoint.clearFaults();
  assert.equal((await next.openLaunch(patient()))?.count, 3);
  const answer = await next.launch({ count: 2, userData }, patient());
  assert.deepEqual([answer.generation, answer.instances.length], [1, 2]);
  assert.equal(account.launched().length, 2);
});

test('a launch that EC2 refused leaves nothing to wait for, and its number to the next', async (context) => {
  const account = await startAccount(context);
  const [first, next] = [await account.open(), await account.open()];
  await account.endpoint.injectFault({ kind: 'deny', action: 'CreateFleet' });
  const error = await rejection(first.launch({ count: 3, userData }, patient()));
  assert.equal(error.kind, 'permission');
  account.endpoint.clearFaults();
  assert.equal(await next.openLaunch(patient()), undefined);
  const answer = await next.launch({ count: 2, userData }, patient());
  assert.deepEqual([answer.generation, answer.instances.length], [1, 2]);
});

test('a launch that is over a limit of the account may have been somebody else’s, who was not', async (context) => {
  const account = await startAccount(context);
  const [one, other] = [await account.open(), await account.open()];
  await one.settle(patient());
  await one.prepare({ userData }, patient());
  const fault = {
    kind: 'deny',
    action: 'CreateFleet',
    code: 'MaxSpotInstanceCountExceeded',
  } as const;
  await account.endpoint.injectFault({ ...fault, count: 1 });
  const refused = await one.launch({ count: 2, userData }, patient());
  assert.deepEqual(
    [refused.instances.length, refused.refusals[0]?.code],
    [0, 'MaxSpotInstanceCountExceeded'],
  );
  await one.concludeLaunch(refused, patient());
  const given = await other.launch({ count: 2, userData }, patient());
  const names = new Map(idsOf(given.instances).map((id) => [id, { [tagNames.node]: id }]));
  await other.tag(names, patient());
  const onDemand = { count: 2, lifecycle: 'on-demand', userData } as const;
  assert.equal((await one.launch(onDemand, patient())).isOvertaken, true);
  assert.equal(account.launched().length, 2);
});

test('instances that were destroyed since are not taken for alive', async (context) => {
  const account = await startAccount(context);
  const [dead, next] = [await account.open(), await account.open()];
  const lost = await dead.launch({ count: 2, userData }, patient());
  await dead.terminate(idsOf(lost.instances), patient());
  const answer = await next.launch({ count: 2, userData }, patient());
  assert.deepEqual(answer.instances, []);
  await next.concludeLaunch(answer, patient());
  const anew = await next.launch({ count: 2, userData }, patient());
  assert.deepEqual([anew.generation, anew.instances.length], [2, 2]);
  assert.equal(account.launched().length, 4);
});

test('equal launches at once are one, and others one after the other', async (context) => {
  const account = await startAccount(context);
  const [one, other] = [await account.open(), await account.open()];
  await one.prepare({ userData }, patient());
  await other.prepare({ userData }, patient());
  const same = await Promise.all([
    one.launch({ count: 3, userData, identity: 'a b c' }, patient()),
    other.launch({ count: 3, userData, identity: 'a b c' }, patient()),
  ]);
  const given = same.flatMap(({ instances }) => idsOf(instances));
  assert.equal(new Set(given).size, 3);
  assert.equal(account.launched().length, 3);

  await one.concludeLaunch(same[0], patient());
  await one.settle(patient());
  await other.settle(patient());
  const different = await Promise.all([
    one.launch({ count: 2, userData, identity: 'd e' }, patient()),
    other.launch({ count: 2, userData, identity: 'f g' }, patient()),
  ]);
  assert.equal(different.filter(({ isOvertaken }) => isOvertaken).length, 1);
  assert.equal(account.launched().length, 5);
});

test('who looks right after a launch that was concluded waits until it is listed', async (context) => {
  const account = await startAccount(context);
  const [one, other] = [await account.open(), await account.open()];
  const answer = await one.launch({ count: 4, userData }, patient());
  await one.concludeLaunch(answer, patient());
  assert.deepEqual(await other.describe(patient()), [], 'EC2 lists nothing yet');
  assert.deepEqual(idsOf(await other.settle(patient())), idsOf(answer.instances));
});

test('who destroys waits for what a launch may have brought', async (context) => {
  const account = await startAccount(context);
  const [dead, destroyer] = [await account.open(), await account.open()];
  const lost = await dead.launch({ count: 4, userData }, patient());
  const listed = await destroyer.settle(patient(), { awaitOpen: true });
  assert.deepEqual(idsOf(listed), idsOf(lost.instances));
});

test('a deployment that is made anew does not mistake the old one’s instances for its own', async (context) => {
  const account = await startAccount(context);
  const first = await account.open();
  const old = await first.launch({ count: 2, userData }, patient());
  await first.concludeLaunch(old, patient());
  await first.settle(patient());
  await first.terminate(idsOf(old.instances), patient());
  assert.deepEqual((await first.cleanUp(patient())).left, []);
  const [second, third] = [await account.open(), await account.open()];
  const anew = await second.launch({ count: 2, userData }, patient());
  await second.concludeLaunch(anew, patient());
  assert.equal(anew.generation, old.generation);
  const listed = await third.settle(patient());
  assert.deepEqual(
    idsOf(listed.filter(({ state }) => state === 'pending' || state === 'running')),
    idsOf(anew.instances),
  );
});

test('a number that only looks new brings no instance that is known to be gone', async (context) => {
  const account = await startAccount(context);
  const [one, next] = [await account.open(), await account.open()];
  const wanted = { count: 1, nodes: ['us-west-2-1'], userData };
  const first = await one.launch(wanted, patient());
  await one.concludeLaunch(first, patient());
  await one.terminate(idsOf(first.instances), patient());
  const [gone] = await next.describe(patient());
  const [, templateId = ''] = gone?.tags[tagNames.launch]?.split(' ') ?? [];
  // What a list of launch templates shows that lags behind.
  await one.tag(new Map([[templateId, { [tagNames.launch]: '' }]]), patient());
  const answer = await next.launch(wanted, patient());
  assert.deepEqual([answer.generation, answer.instances, answer.isFull], [1, [], true]);
  await next.concludeLaunch(answer, patient());
  const again = await next.launch(wanted, patient());
  assert.deepEqual([again.generation, again.instances.length], [2, 1]);
  assert.equal(account.launched().length, 2);
});

test('a launch is written down by EC2’s time, whatever the clock here says', async (context) => {
  const { cloud, endpoint } = await startRegion(context);
  const ahead = new Date(Date.now() + 7_200_000);
  endpoint.on('DescribeLaunchTemplates', {
    raw: (response) => {
      response.setHeader('content-type', 'text/xml;charset=UTF-8');
      response.setHeader('date', ahead.toUTCString());
      response.end(
        '<DescribeLaunchTemplatesResponse><launchTemplates/></DescribeLaunchTemplatesResponse>',
      );
    },
  });
  await cloud.prepare({ userData }, patient());
  await cloud.launch({ count: 1, userData }, patient());
  const [, , , time = ''] = (endpoint.of('CreateTags')[0]?.form['Tag.1.Value'] ?? '').split(' ');
  assert.ok(Date.parse(time) > ahead.getTime() - 60_000, time);
});

test('what is launched lives as long as configured by EC2’s time, whatever the clock here says', async (context) => {
  const { cloud, endpoint } = await startRegion(context, {}, { config: { timeToLive: 3_600_000 } });
  const ahead = new Date(Date.now() + 7_200_000);
  endpoint.on('CreateLaunchTemplate', {
    raw: (response) => {
      response.setHeader('content-type', 'text/xml;charset=UTF-8');
      response.setHeader('date', ahead.toUTCString());
      response.end(
        '<CreateLaunchTemplateResponse><launchTemplate><launchTemplateId>lt-1</launchTemplateId>' +
          '</launchTemplate></CreateLaunchTemplateResponse>',
      );
    },
  });
  await cloud.prepare({ userData }, patient());
  const [noted] = endpoint.of('CreateTags');
  assert.equal(noted?.form['Tag.1.Key'], 'spot-tui:expires');
  const left = Date.parse(noted.form['Tag.1.Value'] ?? '') - ahead.getTime();
  assert.ok(Math.abs(left - 3_600_000) < 300_000, `${left} ms`);
});

test('a launch that nobody concluded for long is over: all that it brought is listed', async (context) => {
  const noted = `4 open 3 ${new Date(Date.now() - 3_600_000).toISOString()} v1 spot 00000000 0 -`;
  const { cloud, endpoint } = await startRegion(context, {
    DescribeLaunchTemplates: templateSet([
      { id: 'lt-ours', name: 'spot-tui-orchard', tags: { ...ours, 'spot-tui:launch': noted } },
    ]),
    DescribeLaunchTemplateVersions: '<launchTemplateVersionSet/>',
    CreateLaunchTemplateVersion:
      '<launchTemplateVersion><versionNumber>2</versionNumber></launchTemplateVersion>',
  });
  assert.equal(await cloud.openLaunch(patient()), undefined);
  const answer = await cloud.launch({ count: 1, userData }, patient());
  assert.equal(answer.generation, 5);
  const noteOf = (nth: number) => endpoint.of('CreateTags')[nth]?.form['Tag.1.Value'] ?? '';
  assert.match(noteOf(0), /^5 open 1 /);
  assert.ok(noteOf(0).length <= 256);
  await cloud.concludeLaunch(answer, patient());
  assert.match(noteOf(1), /^5 done 1 /);
});
