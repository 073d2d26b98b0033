import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Openings } from '../../source/ssh/openings.ts';
import { NotReadyError } from '../../source/ssh/setback.ts';
import type { Transport } from '../../source/ssh/transport.ts';
import { startTcpServer } from './odd-server.ts';

const node = { host: '10.0.0.5', port: 22, username: 'ubuntu' };
const soon = () => AbortSignal.timeout(20_000);

/** Lets everything happen that waits for nothing but its turn. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Connections that are answered when the test says so. */
const start = async (context: TestContext) => {
  const server = await startTcpServer(() => undefined);
  context.after(() => server.stop());
  const asked: PromiseWithResolvers<Transport>[] = [];
  const openings = new Openings(() => {
    const answer = Promise.withResolvers<Transport>();
    asked.push(answer);
    return answer.promise;
  });
  const socket = (): Socket => {
    const opened = connect(server.port, '127.0.0.1');
    context.after(() => opened.destroy());
    return opened;
  };
  return { asked, openings, socket };
};

test('a machine that lets them go unanswered is asked for three at a time', async (context) => {
  const { asked, openings, socket } = await start(context);
  for (let round = 0; round < 6; round += 1) {
    await assert.rejects(openings.take(node, 5, soon()), {
      name: 'NotReadyError',
      message: 'no answer',
    });
  }
  assert.equal(asked.length, 3);
  // One that fails makes room for another.
  asked[0]?.reject(new NotReadyError('unreached', 'connection timed out'));
  await turn();
  await assert.rejects(openings.take(node, 5, soon()));
  await assert.rejects(openings.take({ ...node, host: '10.0.0.6' }, 5, soon()));
  assert.equal(asked.length, 5);
  // An answer to an earlier one is as good, whoever waits.
  const waiting = openings.take(node, 20_000, soon());
  const late = socket();
  asked[1]?.resolve(late);
  assert.equal(await waiting, late);
});

test('what comes when nobody waits is there for who asks next, unless it has ended', async (context) => {
  const { asked, openings, socket } = await start(context);
  await assert.rejects(openings.take(node, 5, soon()));
  await assert.rejects(openings.take(node, 5, soon()));
  const [ended, late] = [socket(), socket()];
  asked[0]?.resolve(ended);
  asked[1]?.resolve(late);
  await turn();
  await new Promise((resolve) => ended.once('close', resolve).destroy());
  assert.equal(await openings.take(node, 20_000, soon()), late);
  assert.equal(asked.length, 2);
});

test('what is asked for now is refused at once, and who gives up waits no longer', async (context) => {
  const { asked, openings } = await start(context);
  const refused = openings.take(node, 20_000, soon());
  await turn();
  asked[0]?.reject(new NotReadyError('unreached', 'connection refused'));
  await assert.rejects(refused, { message: 'connection refused' });
  const giveUp = new AbortController();
  const given = openings.take(node, 20_000, giveUp.signal);
  giveUp.abort(new Error('enough'));
  await assert.rejects(given, { message: 'enough' });
});
