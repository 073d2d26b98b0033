import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { lines, User } from './program.ts';

const config = (placement: string) =>
  [
    'deployment: orchard',
    `placement: ${placement}`,
    'aws: {total_instances: 1, scripts_directory: scripts, config_directory: config, units_directory: services}',
    'regions: [us-west-2, us-east-1]',
    '',
  ].join('\n');

suite('a region without capacity', () => {
  let user: User;

  before(async () => {
    user = await User.create();
    await user.run(['init']);
    await rm(path.join(user.folder, 'config.yaml'));
    await user.run(['list', '--sandbox=fast']);
    await user.run(['sandbox', 'fault', 'refuse-capacity', 'us-west-2']);
  });
  after(() => user.remove());

  test('is no reason to fail: its nodes are launched elsewhere, and it is said where and why', async () => {
    const { status, stdout } = await user.run(['create', '--sandbox', '--ci', '--count', '4']);
    assert.equal(status, 0, stdout);
    const why = 't3.medium in us-west-2a, us-west-2b, us-west-2c: InsufficientInstanceCapacity';
    assert.match(stdout, /us-west-2-1 +moved +to us-east-1-2: no capacity in us-west-2 /);
    assert.match(stdout, /us-west-2-2 +moved +to eu-west-1-2: no capacity in us-west-2 /);
    assert.ok(
      stdout.includes(
        `us-west-2: 2 of 2 nodes found no capacity (${why}): launched in us-east-1 (1) and eu-west-1 (1) instead`,
      ),
      stdout,
    );
    assert.match(stdout, /summary +4 ready after .*, at \$0\.0\d+ an hour$/m);
  });

  test('is not launched in again for what lives elsewhere, once it has capacity', async () => {
    await user.run(['sandbox', 'fault', 'clear']);
    const plan = await user.run(['create', '--sandbox', '--dry-run', '--count', '4']);
    assert.match(plan.stdout, /^Nothing to launch/m);
    const list = await user.run(['list', '--sandbox']);
    assert.deepEqual(
      list.stdout.split('\n').flatMap((line) => /^\w+-\w+-\d-\d/.exec(line) ?? []),
      ['us-east-1-1', 'us-east-1-2', 'eu-west-1-1', 'eu-west-1-2'],
    );
    assert.match(list.stdout, /PRICE\/H$/m);
    assert.match(list.stdout, /^4 nodes: \$0\.0\d+ an hour\.$/m);
    await user.run(['sandbox', 'fault', 'refuse-capacity', 'us-west-2']);
  });

  test('fails its nodes where the fleet is to be spread', async () => {
    await user.write('spread.yaml', config('spread'));
    const words = ['create', '--sandbox', '--json', '--config', 'spread.yaml'];
    const { status, stdout } = await user.run(words);
    assert.equal(status, 1);
    const failed = lines(stdout).find(({ phase }) => phase === 'failed');
    assert.equal(failed?.node, 'us-west-2-1');
    assert.match(String(failed?.reason), /InsufficientInstanceCapacity/);
    assert.match(String(failed?.hint), /Or set "on_demand_fallback: true"/);
    assert.ok(!lines(stdout).some(({ event }) => event === 'moved'));
  });

  test('fails them where it is the only one that was asked for', async () => {
    await user.write('anywhere.yaml', config('anywhere'));
    const words = ['create', '--sandbox', '--json', '--config', 'anywhere.yaml'];
    const { status, stdout } = await user.run([...words, '--region', 'us-west-2']);
    assert.equal(status, 1);
    assert.equal(lines(stdout).find(({ phase }) => phase === 'failed')?.node, 'us-west-2-1');
  });

  test('has some on demand when the fault is for spot only', async () => {
    await user.run(['sandbox', 'fault', 'clear']);
    const fault = await user.run(['sandbox', 'fault', 'refuse-capacity', 'us-west-2', 'spot']);
    assert.match(fault.stdout, /^refuse-capacity us-west-2 spot from now on/);
    await user.write('dear.yaml', config('spread').replace('{', '{on_demand_fallback: true, '));
    const words = ['create', '--sandbox', '--json', '--config', 'dear.yaml'];
    const { status, stdout } = await user.run(words);
    assert.equal(status, 0, stdout);
    const launched = lines(stdout).find(
      ({ event, node }) => event === 'instance' && node === 'us-west-2-1',
    );
    assert.equal(launched?.lifecycle, 'on-demand');
    const typo = await user.run(['sandbox', 'fault', 'refuse-capacity', 'us-west-2', 'spott']);
    assert.equal(typo.status, 2);
    assert.match(typo.stderr, /spott is neither spot nor on-demand/);
  });
});

suite('a plan', () => {
  let user: User;
  const plan = ['create', '--sandbox=fast', '--dry-run', '--count', '5'];

  before(async () => {
    user = await User.create();
    await user.run(['list', '--sandbox=fast']);
  });
  after(() => user.remove());

  test('says what the launch costs, where, and what spot saves', async () => {
    const { stdout } = await user.run(plan);
    assert.match(stdout, /SPOT NOW +ON DEMAND +COST$/m);
    assert.match(
      stdout,
      /^us-west-2 +2 .* on-demand price +\$0\.\d+\/h +\$0\.0416\/h +\$0\.\d+\/h$/m,
    );
    assert.match(
      stdout,
      /about \$0\.\d+ an hour at the cheapest spot prices .* on demand it would be \$0\.\d+: \d\d % less\.$/m,
    );
    const json = JSON.parse((await user.run([...plan, '--json'])).stdout);
    const [west] = json.regions;
    assert.equal(west.onDemandPricePerHour, 0.0416);
    assert.ok(Math.abs(west.costPerHour - 2 * west.pricePerHour) < 1e-9);
    assert.ok(json.costPerHour > 0 && json.costPerHour < json.onDemandCostPerHour);
  });

  test('warns of a limit below every price, whether a flag or the file says it', async () => {
    const { stdout, stderr } = await user.run([...plan, '--max-price', '0.001']);
    assert.match(
      stderr,
      /^warning: us-west-2: nodes may cost \$0\.0010 an hour, and the cheapest/m,
    );
    assert.match(stdout, /^us-west-2 .* \$0\.0010\/h /m);
    const refused = await user.run([...plan, '--max-price', '0']);
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /^--max-price: expected a price in US dollars per hour above 0/m);
  });

  test('calls unknown what it may not look up', async () => {
    await user.run(['sandbox', 'fault', 'deny', 'GetProducts']);
    const listed = await user.run(plan);
    assert.equal(listed.status, 0);
    assert.match(listed.stdout, /^us-west-2 .* \$0\.\d+\/h +unknown +\$0\.\d+\/h$/m);
    assert.match(listed.stdout, /what it would cost on demand is unknown\.$/m);
    await user.run(['sandbox', 'fault', 'deny', 'DescribeSpotPriceHistory']);
    const unpriced = await user.run(plan);
    assert.equal(unpriced.status, 0);
    assert.match(unpriced.stdout, /^us-west-2 .* unknown +unknown +unknown$/m);
    assert.match(unpriced.stderr, /^warning: what nodes cost is not known: us-west-2: /m);
  });
});
