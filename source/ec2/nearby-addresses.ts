import { BlockList, isIP } from 'node:net';

/** Loopback, link-local and private blocks (RFC 1918, RFC 4193, RFC 6598): not on the internet. */
const nearbyAddresses = (): BlockList => {
  const blocks = new BlockList();
  blocks.addSubnet('127.0.0.0', 8, 'ipv4');
  blocks.addSubnet('10.0.0.0', 8, 'ipv4');
  blocks.addSubnet('172.16.0.0', 12, 'ipv4');
  blocks.addSubnet('192.168.0.0', 16, 'ipv4');
  blocks.addSubnet('169.254.0.0', 16, 'ipv4');
  blocks.addSubnet('100.64.0.0', 10, 'ipv4');
  blocks.addAddress('::1', 'ipv6');
  blocks.addSubnet('fc00::', 7, 'ipv6');
  blocks.addSubnet('fe80::', 10, 'ipv6');
  return blocks;
};

/** Whether an address is known only in a network of somebody's own; false for names. */
export const isNearbyAddress = (address: string): boolean => {
  const family = isIP(address);
  return family !== 0 && nearbyAddresses().check(address, family === 6 ? 'ipv6' : 'ipv4');
};
