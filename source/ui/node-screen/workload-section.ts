import type { WorkloadHealth } from '../../events/event.ts';
import type { NodeHealth } from '../../fleet/state.ts';
import type { Segment } from '../segment-line.tsx';
import { fit } from '../text.ts';
import type { Theme } from '../theme.ts';
import {
  cutLines,
  flow,
  type PageContext,
  type PageLine,
  type PageSection,
} from './page-section.ts';

/** Services and containers with their states, those that do not run first. */
export const workloadSection = (
  health: NodeHealth | undefined,
  context: PageContext,
): PageSection => {
  const all = [
    ...(health?.services ?? []).map((workload) => ({ ...workload, kind: 'service' })),
    ...(health?.containers ?? []).map((workload) => ({ ...workload, kind: 'container' })),
  ].sort((one, other) => rank(one) - rank(other));
  if (all.length === 0) return { sizes: [], lines: () => [] };
  const { theme } = context;
  const { ellipsis } = theme.glyphs;
  const nameWidth = Math.min(34, Math.max(...all.map(({ name }) => name.length)));
  const list = all.map(
    (workload): PageLine => [
      ...mark(workload, theme),
      { text: `${fit(workload.name, nameWidth, ellipsis)}  ` },
      { text: workload.state, style: styleOf(workload, theme) },
      {
        text: `  ${[workload.kind, workload.detail].filter((part) => part !== '').join(', ')}`,
        style: theme.styles.quiet,
      },
    ],
  );
  const flowing = flow(
    all.map((workload): PageLine => {
      const [first, ...rest] = mark(workload, theme);
      const state = { text: ` ${workload.state}`, style: styleOf(workload, theme) };
      return [
        { ...first, text: first?.text.trimStart() ?? '' },
        ...rest,
        { text: workload.name },
        state,
      ];
    }),
    context,
  );
  const sizes = flowing
    .map((_line, index) => index + 1)
    .concat(context.isCompact ? [] : [list.length]);
  return {
    sizes: [...new Set(sizes)].sort((a, b) => a - b),
    lines: (size) =>
      size >= list.length && !context.isCompact ? list : cutLines(flowing, size, context),
  };
};

type Verdict = 'good' | 'warning' | 'bad';

/** What a state in systemd's or Docker's words means. */
const verdictOf = ({ detail, state }: WorkloadHealth): Verdict => {
  if (/\bunhealthy\b/.test(detail)) return 'bad';
  switch (state) {
    case 'active':
    case 'running':
      return 'good';
    case 'activating':
    case 'deactivating':
    case 'reloading':
    case 'restarting':
    case 'created':
    case 'paused':
      return 'warning';
    default:
      return 'bad';
  }
};

const rank = (workload: WorkloadHealth): number =>
  ['bad', 'warning', 'good'].indexOf(verdictOf(workload));

const styleOf = (workload: WorkloadHealth, { styles }: Theme) => styles[verdictOf(workload)];

const mark = (workload: WorkloadHealth, { glyphs, styles }: Theme): Segment[] => {
  const verdict = verdictOf(workload);
  const glyph = { good: glyphs.check, warning: glyphs.warning, bad: glyphs.cross }[verdict];
  return [{ text: ` ${glyph} `, style: styles[verdict] }];
};
