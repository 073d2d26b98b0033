import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Ec2Error } from './errors.ts';
import type { RegionScope } from './scope.ts';

/** One of AWS's own, which this machine has a way to if it has one at all. */
const somewhereInAws = '2600:1f00::1';

/**
 * The block of IPv6 addresses under which nodes will see this machine: the 64 bits of its network,
 * because machines change the rest every day (RFC 8981). No packet is sent: with IPv6 the address
 * that this machine would use is the one that arrives.
 */
export const findOwnIpv6Block = async (
  { region }: Pick<RegionScope, 'region'>,
  towards = somewhereInAws,
): Promise<string> => {
  const socket = createSocket('udp6');
  try {
    socket.connect(443, towards);
    await once(socket, 'connect');
    return networkOf(socket.address().address);
  } catch (error) {
    throw new Ec2Error(
      `${region}: the nodes have IPv6 addresses only, and this machine has no way to them: ` +
        (error instanceof Error ? error.message : String(error)),
      {
        kind: 'network',
        region,
        cause: error,
        hint:
          'Go through a machine that has IPv6 ("jump_host"), name from where SSH may come ' +
          '("ssh_allowed_cidrs"), or use subnets with IPv4.',
      },
    );
  } finally {
    socket.close();
  }
};

/** Written as EC2 writes it (RFC 5952), so that a rule is found again. */
const networkOf = (address: string): string => {
  const [bare = ''] = address.split('%');
  const [head = '', tail] = bare.split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - groups.length - rest.length;
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...rest];
  const { hostname } = new URL(`http://[${all.slice(0, 4).join(':')}::]`);
  return `${hostname.slice(1, -1)}/64`;
};
