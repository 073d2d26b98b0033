import { isIPv4 } from 'node:net';
import { invalidValue } from './failure.ts';

/** A block of IPv4 addresses. */
export type CidrBlock = {
  /** As EC2 tells it: `10.0.0.0/16`. */
  readonly text: string;
  readonly first: number;
  readonly size: number;
  readonly prefix: number;
};

/** @throws Ec2Failure `InvalidParameterValue` for what is no block, or has bits below its prefix */
export const readCidrBlock = (text: string): CidrBlock => {
  const [address = '', length = '', ...rest] = text.split('/');
  const prefix = Number(length);
  const isBlock = isIPv4(address) && /^\d{1,2}$/.test(length) && prefix <= 32 && rest.length === 0;
  if (!isBlock) {
    throw invalidValue(
      `Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    );
  }
  const size = 2 ** (32 - prefix);
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  // EC2 takes the address that the block begins with.
  const first = number - (number % size);
  const begin = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
  return { text: `${begin}/${prefix}`, first, size, prefix };
};

export const containsBlock = (outer: CidrBlock, inner: CidrBlock): boolean =>
  inner.first >= outer.first && inner.first + inner.size <= outer.first + outer.size;

export const overlap = (one: CidrBlock, other: CidrBlock): boolean =>
  one.first < other.first + other.size && other.first < one.first + one.size;
