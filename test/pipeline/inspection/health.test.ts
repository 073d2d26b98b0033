import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeFacts } from '../../../source/pipeline/inspection/facts.ts';
import { type Health, healthOf } from '../../../source/pipeline/inspection/health.ts';
import { isNews } from '../../../source/pipeline/inspection/health-news.ts';
import { sampleUnit } from './sample-unit.ts';

const facts: NodeFacts = {
  bootId: 'b',
  uptime: 200.5,
  cloudInit: { state: 'done', errors: [] },
  directories: [],
  fileComplaints: [],
  units: [sampleUnit(), sampleUnit({ id: 'docker.service' })],
  docker: { version: '27.0' },
  containers: [{ name: 'web', state: 'running', status: 'Up 2 minutes (healthy)', image: 'web:1' }],
  disk: { totalKb: 1000, availableKb: 400 },
  memory: { totalKb: 2000, availableKb: 500 },
  processors: 2,
  load: [0.5, 0.2, 0.1],
};

const found = (more: Partial<NodeFacts> = {}, checks: Health['checks'] = []): Health =>
  healthOf({ ...facts, ...more }, checks, { name: 'us-west-2-1', services: ['web.service'] });

test('facts become what people read: bytes, states, no ages that are over when they are said', () => {
  assert.deepEqual(found(), {
    checks: [],
    services: [{ name: 'web.service', state: 'active', detail: 'running' }],
    containers: [{ name: 'web', state: 'running', detail: 'web:1 (healthy)' }],
    load: { average: 0.5, processors: 2 },
    memory: { used: 1500 * 1024, total: 2000 * 1024 },
    disk: { used: 600 * 1024, total: 1000 * 1024 },
    uptime: 200_500,
  });
  const exited = { name: 'web', state: 'exited', status: 'Exited (1) 3 minutes ago', image: 'w' };
  assert.equal(found({ containers: [exited] }).containers[0]?.detail, 'Exited (1) w');
  const restarted = sampleUnit({
    restarts: 2,
    subState: 'auto-restart',
    activeState: 'activating',
  });
  assert.equal(
    found({ units: [restarted] }).services[0]?.detail,
    'auto-restart, restarted 2 times',
  );
});

test('hints name the node, and words of the node can not touch a terminal', () => {
  const [check] = found({}, [
    { name: 'web', status: 'failed', detail: '\x1b[31mred\n', hint: 'spot-tui logs NODE' },
  ]).checks;
  assert.deepEqual(check, {
    name: 'web',
    status: 'failed',
    detail: 'red ',
    hint: 'spot-tui logs us-west-2-1',
  });
});

test('the first look at a node is news', () => {
  assert.equal(isNews(undefined, found(), 0), true);
});

const passed = { name: 'container web', status: 'passed', detail: 'Up 2 minutes' } as const;
const failed = { name: 'disk', status: 'failed', detail: '0.1 of 8.0 GiB free' } as const;

for (const { title, told = found({}, [passed]), now, age = 20_000, news } of [
  { title: 'the same again is not', now: found({}, [passed]), news: false },
  {
    title: 'nor are other words for what still passes',
    now: found({}, [{ ...passed, detail: 'Up 3 minutes' }]),
    news: false,
  },
  { title: 'a check that fails is', now: found({}, [passed, failed]), news: true },
  {
    title: 'so are other words for what still fails',
    told: found({}, [failed]),
    now: found({}, [{ ...failed, detail: '0.0 of 8.0 GiB free' }]),
    news: true,
  },
  {
    title: 'a service that restarts is',
    now: found({ units: [sampleUnit({ restarts: 1 })] }, [passed]),
    news: true,
  },
  { title: 'a container that is gone is', now: found({ containers: [] }, [passed]), news: true },
  {
    title: 'a percent of the disk is',
    now: found({ disk: { totalKb: 1000, availableKb: 390 } }, [passed]),
    news: true,
  },
  {
    title: 'less of it is not',
    now: found({ disk: { totalKb: 1000, availableKb: 395 } }, [passed]),
    news: false,
  },
  {
    title: 'five percent of the memory are',
    now: found({ memory: { totalKb: 2000, availableKb: 400 } }, [passed]),
    news: true,
  },
  {
    title: 'four are not',
    now: found({ memory: { totalKb: 2000, availableKb: 420 } }, [passed]),
    news: false,
  },
  { title: 'a machine that has booted anew is', now: found({ uptime: 3 }, [passed]), news: true },
  { title: 'a load that rose waits', now: found({ load: [2, 1, 1] }, [passed]), news: false },
  {
    title: 'for a minute',
    now: found({ load: [2, 1, 1] }, [passed]),
    age: 60_000,
    news: true,
  },
  {
    title: 'and one that did not is no news then either',
    now: found({ load: [0.55, 0.2, 0.1] }, [passed]),
    age: 60_000,
    news: false,
  },
] satisfies {
  title: string;
  told?: Health;
  now: Health;
  age?: number;
  news: boolean;
}[]) {
  test(`news of a node: ${title}`, () => {
    assert.equal(isNews(told, now, age), news);
  });
}
