import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { abortable } from './abortable.ts';
import type { Endpoint } from './client.ts';
import { Ec2Error, toEc2Error } from './errors.ts';
import { isNearbyAddress } from './nearby-addresses.ts';
import type { RegionScope } from './scope.ts';

const checkip = 'https://checkip.amazonaws.com';

type Here = Pick<RegionScope, 'region' | 'endpoint'>;

/**
 * The address under which the nodes will see this machine. With an EC2 endpoint of one's own on a
 * loopback or private address that is the address of the socket towards it, and nobody outside is
 * asked.
 */
export const findOwnAddress = async (
  scope: Here,
  signal: AbortSignal,
  question = checkip,
): Promise<string> => {
  const endpoint = scope.endpoint();
  try {
    if (endpoint !== undefined && (await isNearby(endpoint))) {
      return await addressTowards(endpoint, signal);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw toEc2Error(error, { region: scope.region, doing: "find this machine's own address" });
  }
  return askOutside(scope, question, signal);
};

const askOutside = async (scope: Here, question: string, signal: AbortSignal): Promise<string> => {
  try {
    const answer = await fetch(question, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
    });
    const text = (await answer.text()).trim();
    if (isIP(text) === 0) throw new Error(`the answer was "${text.slice(0, 60)}"`);
    return text;
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? causeOf(error).message : String(error);
    throw new Ec2Error(
      `${scope.region}: can't find this machine's own address at ${question}: ${reason}`,
      {
        kind: 'network',
        region: scope.region,
        cause: error,
        hint: 'Name the addresses that may use SSH: "ssh_allowed_cidrs: [203.0.113.7/32]".',
      },
    );
  }
};

/** `fetch` wraps what happened in an error that only says "fetch failed". */
const causeOf = (error: Error): Error => (error.cause instanceof Error ? error.cause : error);

const isNearby = async ({ hostname }: Endpoint): Promise<boolean> => {
  // A VPC endpoint of AWS has a private address, but its nodes may well be reached from outside.
  if (/\.amazonaws\.com(\.cn)?$/.test(hostname)) return false;
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  const { address } = await lookup(bare);
  return isNearbyAddress(address);
};

const addressTowards = async (
  { hostname, port }: Endpoint,
  signal: AbortSignal,
): Promise<string> => {
  const socket = connect({ host: hostname.replace(/^\[(.*)\]$/, '$1'), port });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  socket.once('connect', () => resolve((socket.localAddress ?? '').replace(/^::ffff:/, '')));
  socket.once('error', reject);
  try {
    return await abortable(promise, signal);
  } finally {
    socket.destroy();
  }
};
