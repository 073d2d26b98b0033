import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { PhaseFailure } from '../../../source/pipeline/phase-failure.ts';
import { reach } from '../../../source/pipeline/phases/connecting.ts';
import { createAdmission } from '../../../source/ssh/admission.ts';
import { createJumpHost, type JumpHost } from '../../../source/ssh/jump-host.ts';
import { createConnection } from '../../../source/ssh/node-connection.ts';
import { makeHostKey, startOddServer } from '../../ssh/odd-server.ts';

const identity = { type: 'key', privateKey: makeHostKey().private } as const;
const trusted = async () => ({ trusted: true }) as const;

const jumpHost = (port: number): JumpHost =>
  createJumpHost({
    target: { host: '127.0.0.1', port, username: 'gate' },
    identity,
    hostKey: () => trusted,
    admission: createAdmission(8),
    backoff: () => 20,
  });

/** Why a node was not reached in two seconds, once there is a reason at all. */
const failureOf = async (
  context: TestContext,
  host: string,
  through?: JumpHost,
): Promise<PhaseFailure> => {
  const connection = createConnection({
    target: { host, port: 1, username: 'ubuntu' },
    identity,
    hostKey: trusted,
    admission: createAdmission(8),
    backoff: () => 20,
    ...(through === undefined ? {} : { jumpHost: through }),
  });
  context.after(() => connection.close());
  const heard = Promise.withResolvers<void>();
  const reached = reach(connection, {
    patience: 2_000,
    signal: AbortSignal.timeout(20_000),
    onWaiting: () => heard.resolve(),
  });
  const failure: unknown = await reached.catch((error: unknown) => error);
  await heard.promise;
  assert(failure instanceof PhaseFailure);
  return failure;
};

test('a jump host that is not there is what failed, and not the node', async (context) => {
  const { message, hint } = await failureOf(context, '10.0.0.5', jumpHost(1));
  assert.match(
    message,
    /^no SSH connection to 10\.0\.0\.5 port 1 through 127\.0\.0\.1 within 2 s: jump host gate@127\.0\.0\.1:1: connection refused$/,
  );
  assert.match(hint, /try the jump host by hand, ssh -p 1 gate@127\.0\.0\.1/);
});

test('a node that the jump host can’t reach is looked for behind it', async (context) => {
  const gate = await startOddServer({
    onConnection: (connection) => connection.on('tcpip', (_accept, reject) => reject()),
  });
  context.after(() => gate.stop());
  const { message, hint } = await failureOf(context, '10.0.0.5', jumpHost(gate.port));
  assert.match(
    message,
    /^no SSH connection to 10\.0\.0\.5 port 1 through 127\.0\.0\.1 within 2 s: /,
  );
  assert.doesNotMatch(message, /jump host/);
  assert.match(hint, /security group lets 127\.0\.0\.1 in \("ssh_allowed_cidrs"\)/);
});

test('a private address without a way to it is said to be one', async (context) => {
  const { hint } = await failureOf(context, '::1');
  assert.match(hint, /^::1 is a private address: .*through a VPN, or through a "jump_host"/);
});
