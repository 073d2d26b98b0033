import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { emptyAccount, fleetAnswer } from '../ec2/account.ts';
import { type Handler, startRecordingEndpoint } from '../ec2/recording-endpoint.ts';
import { startAccount } from './launcher.ts';

const insufficient = {
  code: 'InsufficientInstanceCapacity',
  message: 'There is no Spot capacity available that matches your request.',
};

/** An account that answers launches as told, and what it was asked for. */
const scripted = async (
  context: TestContext,
  answer: Handler,
  others: Readonly<Record<string, Handler>> = {},
) => {
  const { open } = await startAccount(context);
  const endpoint = await startRecordingEndpoint({
    ...emptyAccount(),
    ...others,
    CreateFleet: answer,
  });
  context.after(() => endpoint.close());
  return {
    launcher: open({ endpoint: endpoint.url, config: { onDemandFallback: true } }),
    /** What each launch asked for, and of which subnets. */
    asked: () =>
      endpoint.of('CreateFleet').map(({ form }) => {
        const target = 'TargetCapacitySpecification';
        const count = form[`${target}.TotalTargetCapacity`];
        const subnets = [1, 2, 3].flatMap(
          (number) => form[`LaunchTemplateConfigs.1.Overrides.${number}.SubnetId`] ?? [],
        );
        return `${count} ${form[`${target}.DefaultTargetCapacityType`]} ${subnets.join(' ')}`;
      }),
  };
};

test('what is missing is asked for once more, of the pools that did not refuse, then on demand', async (context) => {
  const { asked, launcher } = await scripted(context, (_, nth) => {
    if (nth === 0)
      return fleetAnswer([{ ids: ['i-1', 'i-2'] }], [{ ...insufficient, subnet: 'subnet-a' }]);
    if (nth === 1) return fleetAnswer([], [{ ...insufficient, subnet: 'subnet-b' }]);
    return fleetAnswer([{ ids: ['i-3', 'i-4'] }]);
  });
  await launcher.create(4);
  assert.deepEqual(asked(), [
    '4 spot subnet-a subnet-b',
    '2 spot subnet-b',
    '2 on-demand subnet-a subnet-b',
  ]);
  assert.equal(launcher.found.length, 4);
  assert.match(
    launcher.notices.join('\n'),
    /no spot capacity for us-west-2-3, us-west-2-4: launching on demand/,
  );
});

test('pools that refused are not asked by the next launch as long as others are left', async (context) => {
  const { asked, launcher } = await scripted(context, (_, nth) =>
    nth === 0
      ? fleetAnswer(
          [{ ids: ['i-1'], subnet: 'subnet-b' }],
          [{ ...insufficient, subnet: 'subnet-a' }],
        )
      : fleetAnswer([{ ids: [`i-${nth + 1}`], subnet: 'subnet-b' }]),
  );
  await launcher.create(1);
  await launcher.more(1, 'mine');
  assert.deepEqual(asked(), ['1 spot subnet-a subnet-b', '1 spot subnet-b']);
});

test('a region without spot capacity launches on demand where that is allowed', async (context) => {
  const account = await startAccount(context);
  await account.endpoint.injectFault({
    kind: 'refuse-capacity',
    lifecycle: 'spot',
    code: 'MaxSpotInstanceCountExceeded',
  });
  const allowed = account.open({ config: { onDemandFallback: true } });
  await allowed.create(2);
  assert.deepEqual(allowed.found, [
    { node: 'us-west-2-1', lifecycle: 'on-demand' },
    { node: 'us-west-2-2', lifecycle: 'on-demand' },
  ]);
  assert.deepEqual(
    account.launched().map(({ lifecycle }) => lifecycle),
    ['on-demand', 'on-demand'],
  );
});

test('a region without spot capacity launches nothing where on demand is not allowed', async (context) => {
  const account = await startAccount(context);
  await account.endpoint.injectFault({ kind: 'refuse-capacity', lifecycle: 'spot' });
  const launcher = account.open();
  await launcher.create(1);
  assert.equal(account.launched().length, 0);
  assert.match(
    await launcher.failure('us-west-2-1'),
    /no Spot capacity .*InsufficientInstanceCapacity/,
  );
  assert.equal(launcher.machines.fatalExitStatus, 1);
});

test('a price limit is a limit on demand as well', async (context) => {
  const account = await startAccount(context);
  const launcher = account.open({
    config: { onDemandFallback: true },
    region: { spotPriceLimit: 0.0001 },
  });
  await launcher.create(1);
  assert.equal(account.launched().length, 0);
  assert.match(await launcher.failure('us-west-2-1'), /SpotMaxPriceTooLow/);
});

test('a limit of the account fails what is over it, and ends with its own status', async (context) => {
  const account = await startAccount(context);
  await account.endpoint.injectFault({
    kind: 'refuse-capacity',
    code: 'VcpuLimitExceeded',
    available: 2,
  });
  const launcher = account.open({ config: { onDemandFallback: true } });
  await launcher.create(3);
  assert.equal(launcher.found.length, 2);
  assert.match(await launcher.failure('us-west-2-3'), /VcpuLimitExceeded/);
  assert.equal(launcher.machines.fatalExitStatus, 3);
});

test('types of two architectures are launched with an image each', async (context) => {
  const account = await startAccount(context);
  await account.endpoint.injectFault({ kind: 'refuse-capacity', instanceType: 't3.medium' });
  const launcher = account.open({ region: { instanceTypes: ['t3.medium', 't4g.medium'] } });
  await launcher.create(2);
  assert.deepEqual(
    account.launched().map(({ instanceType }) => instanceType),
    ['t4g.medium', 't4g.medium'],
  );
});

test('names that may not be written are a warning: the nodes run, and are found by their tags', async (context) => {
  const { launcher } = await scripted(context, () => fleetAnswer([{ ids: ['i-1', 'i-2'] }]), {
    CreateTags: ({ 'ResourceId.1': id = '' }) =>
      id.startsWith('i-')
        ? { code: 'UnauthorizedOperation', message: 'You are not authorized …' }
        : '<return>true</return>',
  });
  await launcher.create(2);
  assert.equal(launcher.found.length, 2);
  assert.match(launcher.notices.join(), /the names of new nodes could not be written/);
});
