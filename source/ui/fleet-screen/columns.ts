import type { FleetState, NodeState } from '../../fleet/state.ts';
import { createChangedNodes } from './changed-nodes.ts';
import { createTally } from './tally.ts';

export type ColumnId =
  | 'node'
  | 'zone'
  | 'instance'
  | 'type'
  | 'price'
  | 'address'
  | 'phase'
  | 'time'
  | 'log';

export type Column = {
  readonly id: ColumnId;
  readonly title: string;
  /** In terminal columns, without the gap before it. */
  readonly width: number;
  /** Blanks before it, in terminal columns. */
  readonly gap: number;
};

/** The widest value of each column whose width follows its content, in terminal columns. */
export type ContentWidths = Readonly<Record<'node' | 'zone' | 'type' | 'address', number>>;

/** Columns left of the first one: the selection's marker and a blank. */
export const markerWidth = 2;
/** In windows narrower than this, one blank between two columns has to do. */
const narrow = 60;
/** Longest name of a phase, with its glyph. */
const phaseWidth = 13;
const timeWidth = 6;
const instanceWidth = 19;
/** `$12.3456`, and the title with an arrow. */
const priceWidth = 8;
/** What must remain for the last log line before another column may appear. */
const comfortableLog = 32;
/** A last log line narrower than this says nothing; that much is left of it by a preferred column. */
const usefulLog = 8;

/**
 * Measures how wide the content of a fleet is. It starts with typical values so that columns stay put.
 * The function that is returned remembers: only nodes that have changed since its last call are
 * measured again.
 */
export const createContentMeasure = (): ((state: FleetState) => ContentWidths) => {
  const changedNodes = createChangedNodes();
  const tallies = {
    node: createTally<number>(),
    zone: createTally<number>(),
    type: createTally<number>(),
    address: createTally<number>(),
  };
  const widest = (name: keyof ContentWidths, least: number, most: number): number =>
    Math.min(most, Math.max(least, ...tallies[name].counts.keys()));

  return (state) => {
    changedNodes(state, (before, after) => {
      for (const name of contentNames) {
        const [was, is] = [widthOf(name, before), widthOf(name, after)];
        if (was === is) continue;
        if (was !== undefined) tallies[name].remove(was);
        if (is !== undefined) tallies[name].add(is);
      }
    });
    return {
      node: widest('node', 11, 26),
      zone: widest('zone', 10, 18),
      type: widest('type', 9, 14),
      address: widest('address', 15, 24),
    };
  };
};

const contentNames = ['node', 'zone', 'type', 'address'] as const;

const widthOf = (name: keyof ContentWidths, node: NodeState | undefined): number | undefined => {
  if (node === undefined) return undefined;
  switch (name) {
    case 'node':
      return node.name.length;
    case 'zone':
      return (node.zone ?? node.region).length;
    case 'type':
      return formatType(node).length;
    case 'address':
      return formatAddress(node).length;
    default:
      return name satisfies never;
  }
};

export const isSameContent = (before: ContentWidths, after: ContentWidths): boolean =>
  before.node === after.node &&
  before.zone === after.zone &&
  before.type === after.type &&
  before.address === after.address;

/** A node's type, marked where it runs on demand and costs accordingly. */
export const formatType = (
  { instanceType = '', lifecycle }: Pick<NodeState, 'instanceType' | 'lifecycle'>,
  mark = ' od',
): string => (lifecycle === 'on-demand' ? `${instanceType}${mark}` : instanceType);

/** Where a node listens: the port only where it isn't SSH's own. */
export const formatAddress = (node: {
  readonly address?: string;
  readonly sshPort?: number;
}): string => {
  if (node.address === undefined) return '';
  if (node.sshPort === undefined || node.sshPort === 22) return node.address;
  return node.address.includes(':')
    ? `[${node.address}]:${node.sshPort}`
    : `${node.address}:${node.sshPort}`;
};

/** Width of a row with these columns, the marker included, in terminal columns. */
export const rowWidth = (columns: readonly Column[]): number =>
  columns.reduce((sum, { width, gap }) => sum + gap + width, markerWidth);

/**
 * The columns that fit into a window, from the left. Node, phase and time are always there and
 * the last log line takes what remains; the others come in order of their use to someone who is
 * about to repair a node.
 *
 * @param windowWidth in terminal columns
 * @param preferred a column that comes before the others, because the rows are sorted by it
 */
export const layOutColumns = (
  windowWidth: number,
  content: ContentWidths,
  preferred?: ColumnId,
): readonly Column[] => {
  // A blank at the right edge: a character that a terminal draws wider than expected must not wrap.
  const width = windowWidth - markerWidth - 1;
  const between = windowWidth < narrow ? 1 : 2;
  const essential = content.node + phaseWidth + timeWidth + 2 * between;
  const node = content.node - Math.max(0, essential - width);
  let log = width - (node + phaseWidth + timeWidth + 3 * between);

  const shown = new Set<ColumnId>();
  const optional = [
    ['address', content.address],
    ['zone', content.zone],
    ['type', content.type],
    ['instance', instanceWidth],
    ['price', priceWidth],
  ] as const;
  const isPreferred = ([id]: (typeof optional)[number]) => id === preferred;
  const inOrder = [
    ...optional.filter(isPreferred),
    ...optional.filter((column) => !isPreferred(column)),
  ];
  for (const [id, columnWidth] of inOrder) {
    const smallestLog = id === preferred ? usefulLog : comfortableLog;
    if (log - columnWidth - between < smallestLog) break;
    shown.add(id);
    log -= columnWidth + between;
  }

  const columns = [
    { id: 'node' as const, title: 'NODE', width: Math.max(1, node) },
    { id: 'zone' as const, title: 'ZONE', width: content.zone },
    { id: 'instance' as const, title: 'INSTANCE', width: instanceWidth },
    { id: 'type' as const, title: 'TYPE', width: content.type },
    { id: 'price' as const, title: 'PRICE/H', width: priceWidth },
    { id: 'address' as const, title: 'ADDRESS', width: content.address },
    { id: 'phase' as const, title: 'PHASE', width: phaseWidth },
    { id: 'time' as const, title: 'TIME', width: timeWidth },
    { id: 'log' as const, title: 'LAST LOG', width: log },
  ];
  return columns
    .filter(({ id }) => {
      if (id === 'node' || id === 'phase' || id === 'time') return true;
      return id === 'log' ? log >= usefulLog : shown.has(id);
    })
    .map((column, index) => ({ ...column, gap: index === 0 ? 0 : between }));
};
