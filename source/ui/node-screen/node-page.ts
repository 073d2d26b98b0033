import { moreLines } from '../../events/topic.ts';
import { isReplaced } from '../../fleet/is-replaced.ts';
import type { NodeState } from '../../fleet/state.ts';
import type { DashboardModel } from '../dashboard-context.ts';
import { troubleLines } from '../fleet-screen/trouble-lines.tsx';
import { labelOf } from '../keys/key-map.ts';
import { checkSection } from './check-section.ts';
import { factSection } from './fact-section.ts';
import { beside, layOutSections, type PageContext, type PageLine } from './page-section.ts';
import { phaseSection } from './phase-section.ts';
import { usageSection } from './usage-section.ts';
import { workloadSection } from './workload-section.ts';

/** What a node's page tells of it, and the room that this leaves for its log. */
export type NodePage = {
  readonly lines: readonly PageLine[];
  /** Rows of the log with its title. */
  readonly logHeight: number;
};

type NodePageOptions = Pick<DashboardModel, 'theme' | 'commandLine' | 'keys'> & {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** In terminal columns and rows. */
  readonly width: number;
  readonly height: number;
  readonly isLogTall: boolean;
};

/** The window from which on facts and health stand beside each other. */
const wide = 120;

/** The page from which on there is room for everything one below the other. */
const tall = 40;

/** Rows that the log keeps, its title aside, whatever there is to tell. */
const smallestLog = 8;

/** Divides a node's page: its title, what is known of it, and below that its log. */
export const layOutNodePage = (node: NodeState | undefined, options: NodePageOptions): NodePage => {
  const { height, isLogTall } = options;
  const below = height - 1;
  if (node === undefined || isLogTall) return { lines: [], logHeight: below };
  const log = Math.max(smallestLog, Math.floor(height * 0.4));
  const room = Math.max(Math.min(2, below - 2), below - 1 - log);
  const lines = tell(node, options, room).slice(0, room);
  return { lines, logHeight: below - lines.length };
};

const tell = (
  node: NodeState,
  { commandLine, height, keys, now, theme, width }: NodePageOptions,
  room: number,
): readonly PageLine[] => {
  const trouble = [
    ...troubleLines(withoutOutput(node), { theme, commandLine }, width, 6),
    ...readingLines(node, theme),
  ].slice(0, room);
  const left = room - trouble.length;
  const context = (columns: number): PageContext => ({
    theme,
    now,
    width: columns,
    isCompact: width < wide && height < tall,
    keyOf: (command) => {
      const binding = keys.of('node').find((each) => each.command === command);
      return labelOf(binding?.keys[0] ?? '', theme.hasUnicode);
    },
  });
  const sectionsOf = (columns: number) => ({
    facts: factSection(node, context(columns)),
    phases: phaseSection(node, context(columns)),
    usage: usageSection(node.health, context(columns)),
    workloads: workloadSection(node.health, context(columns)),
    checks: checkSection(node.health, context(columns)),
  });
  if (width < wide) {
    const { checks, facts, phases, usage, workloads } = sectionsOf(width);
    const sections = [facts, phases, usage, workloads, checks];
    const growing = [checks, facts, workloads, phases, usage];
    return [...trouble, ...layOutSections(sections, growing, left)];
  }
  const leftWidth = Math.floor(width / 2);
  const { facts, phases } = sectionsOf(leftWidth);
  const { checks, usage, workloads } = sectionsOf(width - leftWidth);
  return [
    ...trouble,
    ...beside(
      layOutSections([facts, phases], [facts, phases], left),
      layOutSections([usage, workloads, checks], [checks, workloads, usage], left),
      leftWidth,
      theme.glyphs.ellipsis,
    ),
  ];
};

/** Where the page about trouble tells more. */
const readingLines = (node: NodeState, { styles }: DashboardModel['theme']): PageLine[] =>
  isReplaced(node)
    ? []
    : moreLines([node.trouble?.topic]).map((line) => [{ text: `   ${line}`, style: styles.quiet }]);

/** Output that a command left is in the log below, and what `e` shows. */
const withoutOutput = (node: NodeState): NodeState => {
  if (node.trouble === undefined) return node;
  const { output: _output, ...trouble } = node.trouble;
  return { ...node, trouble };
};
