import { type Phase, pipelinePhases, sidePhases } from '../../events/phase.ts';
import type { NodeState } from '../../fleet/state.ts';
import { warningsOf } from '../warnings-of.ts';
import { formatAddress, formatType } from './columns.ts';

/** One word of a filter: what has to be found where, or must not be. */
export type FilterTerm = {
  /** In lower case; never empty. */
  readonly text: string;
  /** What it is searched for in; everything that is known of a node without it. */
  readonly field?: FilterField;
  readonly isNegated: boolean;
};

const filterFields = ['phase', 'region', 'zone', 'type', 'node'] as const;

/** The words before a colon that a filter knows. */
export type FilterField = (typeof filterFields)[number];

/**
 * A filter as it is typed, in terms that must all hold: words between blanks, with a field and a
 * colon before them or without, and `!` before those that must not be found. A colon after any other
 * word is part of the text: addresses have some. Words that are not complete yet, such as `phase:`,
 * count for nothing, so that a filter has its effect while it is typed. Never throws.
 *
 * `!ready` is meant for the phase: a node whose reason has “already” in it must not be hidden.
 */
export const parseFilter = (typed: string): readonly FilterTerm[] =>
  typed
    .toLowerCase()
    .split(/\s+/)
    .flatMap((word) => {
      const isNegated = word.startsWith('!');
      const { field, text } = splitField(isNegated ? word.slice(1) : word);
      if (text === '') return [];
      const where = field ?? (isNegated && isPhase(text) ? 'phase' : undefined);
      return [{ text, isNegated, ...(where === undefined ? {} : { field: where }) }];
    });

/** Whether all terms hold for a node. Upper and lower case are the same. */
export const matchesFilter = (filter: readonly FilterTerm[], node: NodeState): boolean => {
  if (filter.length === 0) return true;
  const everything = filter.some(({ field }) => field === undefined) ? everythingOf(node) : '';
  return filter.every(({ field, isNegated, text }) => {
    const place = field === undefined ? everything : fieldOf(node, field).toLowerCase();
    return place.includes(text) !== isNegated;
  });
};

const splitField = (word: string): { field?: FilterField; text: string } => {
  const field = filterFields.find((name) => word.startsWith(`${name}:`));
  return field === undefined ? { text: word } : { field, text: word.slice(field.length + 1) };
};

const phases: readonly string[] = [...pipelinePhases, ...sidePhases] satisfies Phase[];

const isPhase = (text: string): boolean => phases.includes(text);

const fieldOf = (node: NodeState, field: FilterField): string => {
  switch (field) {
    case 'phase':
      return node.phase;
    case 'region':
      return node.region;
    case 'zone':
      return node.zone ?? '';
    case 'type':
      return formatType(node, ' on-demand');
    case 'node':
      return node.name;
    default:
      return field satisfies never;
  }
};

/** What a plain word is searched for in, a line each: no word goes over the end of one. */
const everythingOf = (node: NodeState): string =>
  [
    node.name,
    node.region,
    node.instanceId,
    formatType(node, ' on-demand'),
    node.zone,
    formatAddress(node),
    node.publicAddress,
    node.privateAddress,
    node.phase,
    node.trouble?.reason,
    ...warningsOf(node),
  ]
    .filter((value) => value !== undefined)
    .join('\n')
    .toLowerCase();
