import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import {
  between,
  callsOf,
  callsWithout,
  type FleetCalls,
  totalOf,
} from '../../bench/ec2-calls/counts.ts';

test('a phase has the calls that came since the one before, all regions together', () => {
  const call = (action: string, region: string, count: number) => ({
    action,
    region,
    count,
    outcomes: { ok: count },
  });
  const before = totalOf([call('CreateTags', 'a', 3), call('DescribeVpcs', 'a', 1)], 4_000);
  const after = totalOf(
    [call('CreateTags', 'a', 5), call('CreateTags', 'b', 2), call('DescribeVpcs', 'a', 1)],
    9_000,
  );
  assert.deepEqual(between(before, after), { milliseconds: 5_000, byAction: { CreateTags: 4 } });
});

test('calls are summed up without those that are told apart', () => {
  const phase = { milliseconds: 0, byAction: { CreateFleet: 1, CreateTags: 4, DescribeVpcs: 2 } };
  assert.equal(callsOf(phase, 'CreateTags'), 4);
  assert.equal(callsOf(phase, 'GetConsoleOutput'), 0);
  assert.equal(callsWithout(phase, 'CreateTags'), 3);
});

test('the same fleet is counted the same twice, whatever the machine does meanwhile', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-bench-calls-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const count = async (): Promise<FleetCalls> => {
    const own = await mkdtemp(path.join(folder, 'fleet-'));
    const words = ['--import', 'tsx', 'bench/ec2-calls/fleet.ts', '9', '1', '10', own];
    const { stdout } = await promisify(execFile)(process.execPath, words, { signal: t.signal });
    return JSON.parse(stdout) as FleetCalls;
  };
  const [one, other] = await Promise.all([count(), count()]);
  assert.equal(one.ready, 9);
  assert.equal(callsOf(one.launch, 'CreateFleet'), 1);
  assert.equal(callsOf(one.watch, 'DescribeInstances'), 60);
  assert.deepEqual(one, other);
});
