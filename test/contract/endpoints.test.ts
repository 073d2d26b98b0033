import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Ec2Error } from '../../source/ec2/errors.ts';
import { liveThrough, type Step } from '../ec2/lifecycle.ts';
import { openRegion } from '../ec2/region.ts';
import { startMoto } from './moto.ts';

/** Steps that an endpoint can't do, in words, because of an action that it lacks. */
const lacking = (context: TestContext, missing: string[]): Step => {
  return async (name, work) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Ec2Error) || !isUnsupported(error)) throw error;
      missing.push(`${name}: ${error.message}`);
      context.diagnostic(`not supported: ${name}: ${error.message}`);
    }
  };
};

const isUnsupported = (error: Ec2Error): boolean =>
  error.code === 'InvalidAction' ||
  (error.kind === 'unavailable' && /not (yet )?(been )?implemented/i.test(error.message));

test('a fleet of five lives and dies in moto', async (context) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-contract-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const moto = await startMoto(folder);
  context.after(() => moto.close());
  const { cloud, calls } = await openRegion(context, moto.url, {
    options: { maximumAttempts: 1 },
  });
  const missing: string[] = [];
  await liveThrough(cloud, AbortSignal.timeout(60_000), lacking(context, missing));
  context.diagnostic(
    `requests: ${[...calls.byAction].map(([action, count]) => `${action} ${count}`).join(', ')}`,
  );
  assert.deepEqual(missing, []);
});
