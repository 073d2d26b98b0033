import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import {
  changeActions,
  lookActions,
  makeActions,
  networkChangeActions,
  networkMakeActions,
  secretActions,
} from '../../scripts/iam-actions.ts';
import { iamPolicy, secretStatements } from '../../scripts/iam-policy.ts';
import { withPermissions } from '../../scripts/security-page.ts';
import { Ec2Error } from '../../source/ec2/errors.ts';
import { startEndpoint } from '../../source/sandbox/endpoint/endpoint.ts';
import { Machines } from '../sandbox/machines.ts';
import { interpose } from './interposed.ts';
import { liveThrough } from './lifecycle.ts';
import { replyOf } from './recording-endpoint.ts';
import { openRegion, patient, type RegionSettings } from './region.ts';

const always = [...lookActions, ...makeActions, ...changeActions];
const ofNetwork = [...networkMakeActions, ...networkChangeActions];

const ownNetwork = [
  'launch template spot-tui-orchard/vpc (us-west-2)',
  ...['a', 'b', 'c'].map((zone) => `subnet subnet-… (us-west-2${zone})`),
  'internet gateway igw-… (us-west-2)',
  'VPC vpc-… (us-west-2)',
];

/**
 * Takes a fleet from nothing to nothing with only some of EC2's actions allowed.
 *
 * @returns What EC2 refused, in the words that people get; nothing when all was well.
 */
const liveWith = async (
  context: TestContext,
  isAllowed: (action: string) => boolean,
  network: NonNullable<RegionSettings['network']> = {},
): Promise<{ complaints: string; used: ReadonlySet<string> }> => {
  const sandbox = await startEndpoint({
    hypervisor: new Machines(),
    bootTimes: {
      ...{ visible: [0, 0], running: [0, 0], statusChecks: [0, 0], shuttingDown: [0, 0] },
      remembered: 3_600_000,
    },
  });
  context.after(() => sandbox.close());
  const used = new Set<string>();
  const guarded = await interpose(context, sandbox.url, async ({ action, forward }) => {
    used.add(action);
    return isAllowed(action)
      ? forward()
      : replyOf(action, {
          code: 'UnauthorizedOperation',
          message: `You are not authorized to perform this operation. User: arn:aws:iam::1:user/u is not authorized to perform: ec2:${action} because no identity-based policy allows the ec2:${action} action.`,
          status: 403,
        });
  });
  const { cloud } = await openRegion(context, guarded, { network });
  const complaints: string[] = [];
  try {
    await liveThrough(cloud, patient(), (_, work) => work(), {
      removesToo: network.useDedicatedVpc === true ? ownNetwork : [],
    });
  } catch (error) {
    if (error instanceof Ec2Error) complaints.push(`${error.message} ${error.hint}`);
    // What can't be removed is told as left, and then the expectation of the step fails.
    else if (error instanceof assert.AssertionError) complaints.push(JSON.stringify(error.actual));
    else throw error;
  }
  return { complaints: complaints.join('\n'), used };
};

test('a fleet lives and dies with nothing but the actions of the policy', async (context) => {
  const names = new Set(always.map(({ action }) => action));
  const { complaints, used } = await liveWith(context, (action) => names.has(action));
  assert.equal(complaints, '');
  for (const action of used) assert.ok(names.has(action), action);
});

test('the network of its own is made and removed with the actions of the policy', async (context) => {
  const names = new Set([...always, ...ofNetwork].map(({ action }) => action));
  const { complaints, used } = await liveWith(context, (action) => names.has(action), {
    useDedicatedVpc: true,
  });
  assert.equal(complaints, '');
  // Replaces a route whose gateway is gone: only once somebody has removed that.
  const missing = ofNetwork.filter(({ action }) => !used.has(action));
  assert.deepEqual(
    missing.map(({ action }) => action),
    ['ReplaceRoute'],
  );
});

for (const { action, without } of always) {
  // A volume is only left behind where it was told to outlive its instance.
  if (without !== undefined || action === 'DeleteVolume') continue;
  test(`without ec2:${action} it fails, and says what is missing`, async (context) => {
    const { complaints } = await liveWith(context, (asked) => asked !== action);
    assert.match(complaints, new RegExp(`ec2:${action}\\b`));
  });
}

for (const { action } of ofNetwork) {
  if (action === 'ReplaceRoute') continue;
  test(`without ec2:${action} there is no network of its own, and it says why`, async (context) => {
    const network = { useDedicatedVpc: true };
    const { complaints } = await liveWith(context, (asked) => asked !== action, network);
    assert.match(complaints, new RegExp(`ec2:${action}\\b`));
  });
}

test('the policy has every action that the program can ask for, and no other', async () => {
  const folder = new URL('../../source/ec2/', import.meta.url);
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')));
  const asked = sources.flatMap((source) =>
    [...source.matchAll(/new (\w+)Command\(/g)].map(([, action = '']) => action),
  );
  const known = [...always, ...ofNetwork].map(({ action }) => action);
  const elsewhere = ['GetParameter', 'GetProducts', 'GetSecretValue'];
  assert.deepEqual([...new Set(asked)].toSorted(), [...known, ...elsewhere].toSorted());
  const allowed = iamPolicy().Statement.flatMap(({ Action }) => Action);
  for (const action of known) assert.ok(allowed.includes(`ec2:${action}`), action);
  assert.ok(allowed.includes('pricing:GetProducts'));
});

test('what secrets take is an addition of its own', () => {
  const added = secretStatements().flatMap(({ Action }) => Action);
  assert.deepEqual(added.toSorted(), secretActions.map(({ action }) => action).toSorted());
});

test('the page about security has the policy as it is; `npm run permissions` writes it', async () => {
  const page = await readFile(new URL('../../docs/security.md', import.meta.url), 'utf8');
  assert.equal(page, withPermissions(page));
});
