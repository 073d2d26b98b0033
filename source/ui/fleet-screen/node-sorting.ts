import type { NodeState } from '../../fleet/state.ts';
import { formatAddress } from './columns.ts';
import { byUrgency } from './fleet-overview.ts';
import { needsAttention } from './needs-attention.ts';

/** What the table can be sorted by, in the order in which keys go through it. */
export const sortings = [
  'trouble',
  'node',
  'phase',
  'time',
  'zone',
  'instance',
  'type',
  'price',
  'address',
] as const;

/** `trouble` puts nodes that need a person first, then by name; the others are columns. */
export type SortedBy = (typeof sortings)[number];

/** How the rows are ordered; what is equal comes by name. */
export type Sorting = {
  readonly by: SortedBy;
  readonly isReversed: boolean;
};

/** The sorting that comes after another one, or before it with -1. */
export const nextSorting = ({ by }: Sorting, step: 1 | -1): Sorting => {
  const index = (sortings.indexOf(by) + step + sortings.length) % sortings.length;
  return { by: sortings[index] ?? 'trouble', isReversed: false };
};

/** What the status line says of a sorting. */
export const describeSorting = ({ by, isReversed }: Sorting): string => {
  switch (by) {
    case 'trouble':
      return isReversed
        ? 'Nodes that need attention last'
        : 'Nodes that need attention first, then by name';
    case 'node':
      return isReversed ? 'Nodes by name, the last one first' : 'Nodes by name';
    case 'time':
      return isReversed ? 'The longest in their phase first' : 'The shortest in their phase first';
    case 'price':
      return isReversed ? 'The dearest nodes first' : 'The cheapest nodes first';
    case 'phase':
    case 'zone':
    case 'instance':
    case 'type':
    case 'address':
      return `Nodes by ${by}${isReversed ? ', inverted' : ''}`;
    default:
      return by satisfies never;
  }
};

/** Where a node stands in an order: a rank, or a text that numbers in it have a part in. */
export type SortKey = number | string;

/** What a node is sorted by; where that is the name alone, all are equal. */
export const sortKey = (node: NodeState, by: SortedBy): SortKey => {
  switch (by) {
    case 'trouble':
      return needsAttention(node) ? 0 : 1;
    case 'node':
      return 0;
    case 'phase':
      return byUrgency.indexOf(node.phase);
    case 'time':
      // The column shows for how long, which is the shorter the later it began.
      return -node.phaseSince;
    case 'zone':
      return node.zone ?? node.region;
    case 'instance':
      return node.instanceId ?? '';
    case 'type':
      return node.instanceType ?? '';
    case 'price':
      return node.pricePerHour ?? '';
    case 'address':
      return formatAddress(node);
    default:
      return by satisfies never;
  }
};

/** Compares as `Array.prototype.sort` wants it; nodes that don't have the value yet come last. */
export const compareSortKeys = (
  one: SortKey,
  other: SortKey,
  { isReversed }: Sorting,
  collator: Intl.Collator,
): number => {
  if (one === other) return 0;
  if (one === '' || other === '') return one === '' ? 1 : -1;
  const order =
    typeof one === 'number' && typeof other === 'number'
      ? one - other
      : collator.compare(String(one), String(other));
  return isReversed ? -order : order;
};
