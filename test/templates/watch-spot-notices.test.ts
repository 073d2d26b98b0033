import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseSpotNotices } from '../../source/pipeline/spot-notices.ts';
import { StandInNode, templates } from './stand-in-node.ts';

const action = '/latest/meta-data/spot/instance-action';
const rebalance = '/latest/meta-data/events/recommendations/rebalance';

/** The instance metadata service, version 2 only, with what it has to say by path. */
const startService = async (t: TestContext, host = '127.0.0.1') => {
  const notices = new Map<string, string>();
  let tokens = 0;
  let asked: () => void = () => undefined;
  const service = createServer((request, response) => {
    const { headers, method, url = '' } = request;
    if (method === 'PUT' && url === '/latest/api/token') {
      const lifetime = Number(headers['x-aws-ec2-metadata-token-ttl-seconds']);
      tokens += 1;
      response.writeHead(lifetime > 0 ? 200 : 400).end(`token-${tokens}`);
      return;
    }
    const notice = notices.get(url);
    const isAllowed = headers['x-aws-ec2-metadata-token'] === `token-${tokens}`;
    response.writeHead(isAllowed ? (notice === undefined ? 404 : 200) : 401);
    response.end(isAllowed ? notice : 'Unauthorized');
    if (url === rebalance) asked();
  });
  service.listen(0, host);
  await once(service, 'listening');
  t.after(() => service.close());
  return {
    url: `http://${host === '::1' ? '[::1]' : host}:${(service.address() as AddressInfo).port}`,
    notices,
    /** Resolves once it was asked for all that it may know. */
    round: () =>
      new Promise<void>((resolve) => {
        asked = resolve;
      }),
  };
};

/** The script at work, with nothing but some programs to ask with. */
const watch = async (
  t: TestContext,
  url: string,
  programs: readonly string[],
  otherUrl = 'http://127.0.0.1:9',
) => {
  const node = await StandInNode.make();
  // One from elsewhere may be a script that needs more than it would find.
  await node.program('python3', 'exec /usr/bin/python3 "$@"');
  const PATH = await node.only([...programs, 'sleep', 'tr', 'grep']);
  const child = spawn('/bin/sh', [path.join(templates, 'watch-spot-notices.sh')], {
    env: {
      PATH,
      SPOT_TUI_METADATA_URL: url,
      SPOT_TUI_METADATA_URL6: otherUrl,
      SPOT_TUI_METADATA_PAUSE: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(async () => {
    child.kill('SIGKILL');
    await node.remove();
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const lines = () => output.split('\n').filter((line) => line !== '');
  return {
    child,
    lines,
    /** Resolves with that many lines that say something. */
    said: async (count: number): Promise<string[]> => {
      while (lines().length < count) await once(child.stdout, 'data');
      return lines();
    },
  };
};

const unlessThere = (program: string) =>
  spawnSync(`/usr/bin/${program}`, ['--version']).status === 0
    ? false
    : `${program} is not installed here`;

for (const program of ['curl', 'wget', 'python3']) {
  const skip = unlessThere(program);
  test(`${program}: nothing is said before EC2 has something to say, then once`, {
    skip,
  }, async (t) => {
    const service = await startService(t);
    const watched = await watch(t, service.url, [program]);
    await service.round();
    await service.round();
    assert.deepEqual(watched.lines(), []);
    service.notices.set(rebalance, '{"noticeTime":"2020-10-27T08:22:00Z"}');
    const rebalancing = { type: 'rebalance', since: Date.UTC(2020, 9, 27, 8, 22) };
    assert.deepEqual((await watched.said(1)).flatMap(parseSpotNotices), [rebalancing]);
    service.notices.set(action, '{"action": "terminate", "time": "2017-09-18T08:22:00Z"}');
    const [, second = ''] = await watched.said(2);
    assert.deepEqual(parseSpotNotices(second), [
      { type: 'interruption', action: 'terminate', time: Date.UTC(2017, 8, 18, 8, 22) },
      rebalancing,
    ]);
    await service.round();
    await service.round();
    assert.equal(watched.lines().length, 2);
  });
}

for (const program of ['curl', 'wget', 'python3']) {
  const hasIpv6 = Object.values(networkInterfaces())
    .flat()
    .some((address) => address?.address === '::1');
  const skip = hasIpv6 ? unlessThere(program) : 'there is no IPv6 here';
  test(`${program}: where the service has IPv6 only, it is asked there`, { skip }, async (t) => {
    const service = await startService(t, '::1');
    service.notices.set(rebalance, '{"noticeTime":"2020-10-27T08:22:00Z"}');
    const watched = await watch(t, 'http://127.0.0.1:9', [program], service.url);
    assert.equal((await watched.said(1)).length, 1);
    service.notices.set(action, '{"action": "stop", "time": "2017-09-18T08:22:00Z"}');
    assert.equal((await watched.said(2)).length, 2);
  });
}

test('it ends when nobody reads any more', { skip: unlessThere('curl') }, async (t) => {
  const service = await startService(t);
  const { child } = await watch(t, service.url, ['curl']);
  await service.round();
  const ended = once(child, 'exit');
  child.stdout.destroy();
  await ended;
});

test('a node that has nothing to ask with says so, and nothing fails', async (t) => {
  const { child, lines } = await watch(t, 'http://127.0.0.1:9', []);
  const [status] = await once(child, 'close');
  assert.equal(status, 0);
  assert.deepEqual(lines(), ['unavailable']);
});

test('what is no notice is passed over', () => {
  for (const line of ['', '<html>', '{"action":"reboot","time":"2017-09-18T08:22:00Z"}', '{}{}']) {
    assert.deepEqual(parseSpotNotices(line), []);
  }
});
