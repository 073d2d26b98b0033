import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { startDelayingProxy } from '../../bench/distance/delaying-proxy.ts';

/** A proxy in front of a server that does something to each connection, and a connection to it. */
const throughProxy = async (
  context: TestContext,
  roundTrip: number,
  serve: (socket: Socket) => void,
) => {
  const server = createServer(serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert(typeof address === 'object' && address !== null);
  const proxy = await startDelayingProxy(
    { address: '127.0.0.1', port: address.port },
    '127.0.0.1',
    roundTrip,
  );
  const begin = performance.now();
  const socket = connect(proxy.target.port, proxy.target.address);
  context.after(async () => {
    socket.destroy();
    await proxy.close();
    server.close();
  });
  await once(socket, 'connect');
  return { proxy, socket, begin };
};

const echo = (socket: Socket) => socket.pipe(socket);

/** What has come once there is as much of it. */
const read = async (socket: Socket, length: number): Promise<string> => {
  let heard = '';
  while (heard.length < length) {
    const [chunk] = await once(socket, 'data');
    heard += chunk;
  }
  return heard;
};

test('each question to a distant server costs its round trip, and the connection one', async (context) => {
  const { proxy, socket, begin } = await throughProxy(context, 200, echo);
  for (const question of ['one', 'two']) {
    socket.write(question);
    assert.equal(await read(socket, 3), question);
  }
  assert(performance.now() - begin >= 590, 'three round trips take three times 200 ms');
  assert.equal(proxy.takeRoundTrips(), 3);
});

test('what was sent first arrives first, also before the connection stands', async (context) => {
  const { socket } = await throughProxy(context, 40, echo);
  const words = Array.from({ length: 50 }, (_, index) => `${index} `).join('');
  for (const word of words.match(/\S+ /g) ?? []) socket.write(word);
  assert.equal(await read(socket, words.length), words);
});

test('a connection that the client ends is ended at the server, and the other way round', async (context) => {
  const { socket } = await throughProxy(context, 20, (server) => {
    server.on('end', () => server.end('goodbye'));
    server.resume();
  });
  socket.end('hello');
  assert.equal(await read(socket, 7), 'goodbye');
  await once(socket, 'end');
});
