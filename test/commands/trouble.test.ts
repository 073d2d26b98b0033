import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import { finish, lines, printed, User } from './program.ts';

/** Somebody refuses what a command needs in the middle of it. */
suite('a fleet in trouble', () => {
  let user: User;

  before(async () => {
    user = await User.create();
    const created = await user.run(['create', '--sandbox=fast', '--ci', '--count', '1']);
    assert.equal(created.status, 0, created.stderr);
  });
  beforeEach(async () => {
    await user.run(['sandbox', 'fault', 'clear']);
  });
  after(() => user.remove());

  test('destroy that may not terminate ends with the reason, and the node runs on', async () => {
    await user.run(['sandbox', 'fault', 'deny', 'TerminateInstances']);
    const { status, stdout, stderr } = await user.run(['destroy', '--sandbox', '--yes', '--json']);
    assert.equal(status, 3);
    assert.match(stderr, /can't terminate i-.*UnauthorizedOperation.*\n.*ec2:TerminateInstances/);
    assert.match(stderr, /ec2:TerminateInstances.*\n {2}More: spot-tui explain aws\n$/);
    assert.doesNotMatch(stdout, /"terminating"/);
    assert.match((await user.run(['list', '--sandbox'])).stdout, /us-west-2-1 .* running/);
  });

  test('a launch that is refused fails its nodes only, with the status of the refusal', async () => {
    await user.run(['sandbox', 'fault', 'deny', 'CreateFleet']);
    const { status, stdout } = await user.run(['create', '--sandbox', '--json', '--count', '2']);
    assert.equal(status, 3);
    const failed = lines(stdout).find(({ phase }) => phase === 'failed');
    assert.equal(failed?.node, 'us-east-1-1');
    assert.match(String(failed?.hint), /ec2:CreateFleet/);
    assert.equal(failed?.topic, 'aws');
    assert.equal(lines(stdout).at(-1)?.ready, 1);
  });

  test('a stopped service is seen by who attaches, told by doctor, started by configure', async () => {
    await user.run(['sandbox', 'fault', 'stop-service', 'us-west-2-1']);
    const attached = await user.run(['--sandbox', '--json', '--timeout', '20s']);
    assert.equal(attached.status, 1);
    const failed = lines(attached.stdout).find(({ phase }) => phase === 'failed');
    assert.match(String(failed?.reason), /\.service: not running/);
    assert.equal(failed?.topic, 'services');
    const doctor = await user.run(['doctor', '--sandbox']);
    assert.equal(doctor.status, 1);
    assert.match(
      doctor.stdout,
      /✖ .*\.service: not running.*\n.*`spot-tui logs us-west-2-1 --sandbox`/,
    );
    assert.match(doctor.stdout, /^(?!More).*\nMore: spot-tui explain services(?:, [a-z, -]+)?\n$/m);
    assert.equal(doctor.stdout.match(/More:/g)?.length, 1);
    const configured = await user.run(['configure', '--sandbox', '--json']);
    assert.equal(configured.status, 0);
  });

  test('a launch that may not be written down is not begun, and says which permission it lacks', async () => {
    await user.run(['sandbox', 'fault', 'deny', 'CreateTags']);
    const { status, stdout } = await user.run(['create', '--sandbox', '--json', '--count', '2']);
    assert.equal(status, 3);
    const failed = lines(stdout).find(({ phase }) => phase === 'failed');
    assert.match(String(failed?.reason), /can't note the launch on lt-/);
    assert.match(String(failed?.hint), /ec2:CreateTags/);
  });
});

test('nodes whose machines may not be watched fail at once, not when their time is over', async () => {
  const user = await User.create();
  try {
    const child = user.start(['create', '--sandbox', '--json', '--count', '1']);
    const ended = finish(child);
    await printed(child, '"phase":"booting"');
    await user.run(['sandbox', 'fault', 'deny', 'DescribeInstances']);
    const { status, stdout } = await ended;
    assert.equal(status, 3);
    const failed = lines(stdout).find(({ phase }) => phase === 'failed');
    assert.equal(failed?.failedPhase, 'booting');
    assert.match(String(failed?.reason), /can't list the instances.*UnauthorizedOperation/);
  } finally {
    await user.remove();
  }
});

test('what works in a sandbox that is stopped ends, and says so', async () => {
  const user = await User.create();
  try {
    const created = user.start(['create', '--sandbox', '--json', '--count', '1']);
    const ended = finish(created);
    await printed(created, '"phase":"booting"');
    await user.run(['sandbox', 'stop']);
    const { status, stderr, stdout } = await ended;
    assert.equal(status, 1);
    assert.match(stderr, /The sandbox \(process \d+\) has ended.*\n.*spot-tui create --sandbox/);
    assert.equal(lines(stdout).at(-1)?.event, 'summary');
  } finally {
    await user.remove();
  }
});
