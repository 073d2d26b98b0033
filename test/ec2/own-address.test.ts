import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type TestContext, test } from 'node:test';
import { findOwnAddress } from '../../source/ec2/own-address.ts';
import { patient } from './region.ts';
import { rejection } from './rejection.ts';

const listen = async (context: TestContext, answer: string, host = '127.0.0.1') => {
  const server = createServer((_, response) => response.end(answer));
  server.listen(0, host);
  await once(server, 'listening');
  const close = async () => {
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  context.after(close);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no TCP address');
  return { hostname: host, port: address.port, close, url: `http://${host}:${address.port}` };
};

const atAws = {
  region: 'us-west-2',
  endpoint: () => ({ hostname: 'ec2.us-west-2.amazonaws.com', port: 443 }),
};

test('for AWS the address is the one that AWS sees', async (context) => {
  const { url } = await listen(context, '198.51.100.9\n');
  assert.equal(await findOwnAddress(atAws, patient(), url), '198.51.100.9');
});

test('an answer that is no address is not opened to anybody', async (context) => {
  const { url } = await listen(context, '<html>Please sign in</html>');
  const error = await rejection(findOwnAddress(atAws, patient(), url));
  assert.match(error.message, /us-west-2: can't find this machine's own address at http:/);
  assert.match(error.hint, /"ssh_allowed_cidrs: \[203\.0\.113\.7\/32\]"/);
  assert.equal(error.exitStatus, 1);
});

test('who can’t ask is told why', async (context) => {
  const { url, close } = await listen(context, '');
  await close();
  const error = await rejection(findOwnAddress(atAws, patient(), url));
  assert.match(error.message, /ECONNREFUSED/);
});

test('for an endpoint nearby nobody outside is asked', async (context) => {
  for (const host of ['127.0.0.1', '127.0.0.2', 'localhost']) {
    const { hostname, port } = await listen(context, '', host);
    const nearby = { region: 'us-west-2', endpoint: () => ({ hostname, port }) };
    const address = await findOwnAddress(nearby, patient(), 'http://127.0.0.1:9');
    assert.match(address, /^(127\.0\.0\.1|::1)$/);
  }
});
