import type { NodeState } from '../../fleet/state.ts';
import { formatDuration, formatTime } from '../duration.ts';
import { formatType } from '../fleet-screen/columns.ts';
import { exactPrice } from '../price.ts';
import type { Segment } from '../segment-line.tsx';
import { flow, labelled, type PageContext, type PageSection } from './page-section.ts';

/** A fact with and without what it is called. */
type Fact = { readonly label: string; readonly value: string; readonly short: string };

/** What is known of the machine, what a person needs to reach it first. */
export const factSection = (node: NodeState, context: PageContext): PageSection => {
  const facts = factsOf(node, context.now);
  const list = facts.map(({ label, value }) => labelled(label, [{ text: value }], context));
  const flowing = flow(
    facts.map(({ short }): Segment[] => [{ text: short }]),
    context,
  );
  const sizes = flowing
    .map((_line, index) => index + 1)
    .concat(context.isCompact ? [] : [list.length]);
  return {
    sizes: [...new Set(sizes)].sort((a, b) => a - b),
    lines: (size) => (size >= list.length && !context.isCompact ? list : flowing.slice(0, size)),
  };
};

const factsOf = (node: NodeState, now: number): Fact[] => {
  const { address, imageId, instanceId, instanceType, launchedAt, pricePerHour, sshPort } = node;
  const type = instanceType && formatType(node, ', on demand');
  const place = node.zone ?? node.region;
  const price = pricePerHour === undefined ? undefined : exactPrice(pricePerHour);
  const launched =
    launchedAt === undefined
      ? undefined
      : `${timeOf(launchedAt, now)}, ${formatDuration(now - launchedAt)} ago`;
  const { expiresAt, rebalanceSince } = node;
  const expires =
    expiresAt === undefined
      ? undefined
      : expiresAt <= now
        ? 'now'
        : `in ${formatDuration(expiresAt - now)}`;
  const rebalance =
    rebalanceSince === undefined
      ? undefined
      : `recommended by EC2 ${formatDuration(now - rebalanceSince)} ago`;
  const { hostKey, hostKeyFingerprint } = node;
  const trust = hostKey === 'pinned' ? 'not verified' : hostKey;
  const port = sshPort === undefined ? '22' : `${sshPort}`;
  return [
    fact('instance', instanceId ?? 'none yet', instanceId ?? 'no instance yet'),
    fact('address', address, address),
    fact('type', type, type),
    fact('zone', place, place),
    fact('price', price && `${price} an hour`, price && `${price}/h`),
    fact('launched', launched, launched && `launched ${launched}`),
    fact('expires', expires, expires && `expires ${expires}`),
    fact('rebalance', rebalance, rebalance && `rebalance ${rebalance}`),
    fact('ssh port', address && port, address && `ssh port ${port}`),
    fact(
      'host key',
      trust && [trust, hostKeyFingerprint].filter((part) => part !== undefined).join(', '),
      trust && `host key ${trust}`,
    ),
    ...(node.publicAddress === address
      ? []
      : [fact('public', node.publicAddress, `public ${node.publicAddress}`)]),
    ...(node.privateAddress === address
      ? []
      : [fact('private', node.privateAddress, `private ${node.privateAddress}`)]),
    fact('image', imageId, imageId),
  ].filter((each) => each !== undefined);
};

const fact = (
  label: string,
  value: string | undefined,
  short: string | undefined,
): Fact | undefined =>
  value === undefined || value === '' ? undefined : { label, value, short: short ?? value };

const day = 24 * 3600 * 1000;

const timeOf = (time: number, now: number): string =>
  now - time < day
    ? formatTime(time)
    : `${new Date(time).toLocaleDateString('en-CA')} ${formatTime(time)}`;
