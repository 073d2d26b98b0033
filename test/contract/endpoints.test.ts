import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Ec2Error } from '../../source/ec2/errors.ts';
import { offeringSet } from '../ec2/account.ts';
import { interpose } from '../ec2/interposed.ts';
import { liveThrough, type Step } from '../ec2/lifecycle.ts';
import { replyOf } from '../ec2/recording-endpoint.ts';
import { openRegion } from '../ec2/region.ts';
import { ministackImage, startMinistack } from './ministack.ts';
import { startMoto } from './moto.ts';

/** Steps by name with the reason why an endpoint can't be asked to go through them. */
type LeftOut = Readonly<Record<string, string>>;

/** Goes through the steps that an endpoint supports; `missing` gets the others, in words. */
const supported = (context: TestContext, missing: string[], leftOut: LeftOut = {}): Step => {
  return async (name, work) => {
    const reason = leftOut[name];
    if (reason !== undefined) {
      context.diagnostic(`left out: ${name}: ${reason}`);
      return;
    }
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Ec2Error) || !isUnsupported(error)) throw error;
      missing.push(name);
      context.diagnostic(`not supported: ${name}: ${error.message}`);
    }
  };
};

const isUnsupported = (error: Ec2Error): boolean =>
  error.code === 'InvalidAction' ||
  (error.kind === 'unavailable' && /not (yet )?(been )?implemented/i.test(error.message));

const temporaryFolder = async (context: TestContext): Promise<string> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-contract-'));
  context.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
};

const tellCalls = (context: TestContext, byAction: ReadonlyMap<string, number>): void => {
  const calls = [...byAction].map(([action, count]) => `${action} ${count}`);
  context.diagnostic(`requests: ${calls.join(', ')}`);
};

test('a fleet of five lives and dies in moto', async (context) => {
  const moto = await startMoto(await temporaryFolder(context));
  context.after(() => moto.close());
  const { cloud, calls } = await openRegion(context, moto.url, {
    options: { maximumAttempts: 1 },
  });
  const missing: string[] = [];
  await liveThrough(
    cloud,
    AbortSignal.timeout(60_000),
    supported(context, missing),
    // DeleteFleets fails there for a fleet whose instances are gone, against
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteFleets.html
    { keeps: ['fleet'] },
  );
  tellCalls(context, calls.byAction);
  assert.deepEqual(missing, []);
});

/** Which types there are in which zones, as EC2 would tell it. */
const offerings = offeringSet(
  ['us-west-2a', 'us-west-2b', 'us-west-2c'].map((zone) => ['t3.medium', zone]),
);

test('a fleet of five lives and dies in MiniStack, as far as it goes', async (context) => {
  const ministack = await startMinistack(await temporaryFolder(context));
  context.after(() => ministack.close());
  context.diagnostic('filled in: DescribeInstanceTypeOfferings, which it does not have');
  const endpoint = await interpose(context, ministack.url, async ({ action, forward }) =>
    action === 'DescribeInstanceTypeOfferings' ? replyOf(action, offerings) : forward(),
  );
  const { cloud, calls } = await openRegion(context, endpoint, {
    region: { image: ministackImage },
    options: { maximumAttempts: 1 },
  });
  const launchesInRehearsal =
    'CreateFleet launches in spite of DryRun, against the documentation: ' +
    'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFleet.html';
  const missing: string[] = [];
  await liveThrough(
    cloud,
    AbortSignal.timeout(60_000),
    supported(context, missing, {
      'rehearse in an empty account': launchesInRehearsal,
      'rehearse with everything there': launchesInRehearsal,
      'rehearse with a fleet there': launchesInRehearsal,
    }),
    // Against https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFleetInstance.html
    // (launchTemplateAndOverrides), API_Instance.html (instanceLifecycle) and API_ImportKeyPair.html
    // (TagSpecification); its fleets have no tags to be found by.
    { placesInstancesSilently: true, forgetsSpot: true, keeps: ['key pair', 'fleet'] },
  );
  tellCalls(context, calls.byAction);
  assert.deepEqual(missing, ['read a console', 'look up spot prices']);
});
