import type { Usage } from '../../events/event.ts';
import type { NodeHealth } from '../../fleet/state.ts';
import { formatDuration } from '../duration.ts';
import type { Style, Theme } from '../theme.ts';
import {
  flow,
  labelled,
  type PageContext,
  type PageLine,
  type PageSection,
} from './page-section.ts';

type Gauge = { readonly label: string; readonly share: number; readonly detail: string };

/**
 * How much of the machine is used, how long it has been up, and when a look last found something
 * new: looks that find the same are not told.
 */
export const usageSection = (health: NodeHealth | undefined, context: PageContext): PageSection => {
  const { now, theme } = context;
  const { quiet } = theme.styles;
  if (health === undefined) {
    const text = ` not looked at so far: ${context.keyOf('doctor')} checks everything now`;
    return { sizes: [1], lines: () => [[{ text, style: quiet }]] };
  }
  const gauges = gaugesOf(health);
  const up = health.uptime === undefined ? [] : [`up ${formatDuration(health.uptime)}`];
  const changed = `changed ${formatDuration(now - health.time)} ago`;
  const list = [
    ...gauges.map((gauge) =>
      labelled(
        gauge.label,
        [...bar(gauge, 16, theme), { text: `  ${gauge.detail}`, style: quiet }],
        context,
      ),
    ),
    labelled(
      'changed',
      [{ text: [`${formatDuration(now - health.time)} ago`, ...up].join(', ') }],
      context,
    ),
  ];
  const small = flow(
    [
      ...gauges.map(
        (gauge): PageLine => [{ text: `${gauge.label} `, style: quiet }, ...bar(gauge, 4, theme)],
      ),
      ...[...up, changed].map((text): PageLine => [{ text, style: quiet }]),
    ],
    context,
    '  ',
  );
  return {
    sizes: list.length > 1 && !context.isCompact ? [1, list.length] : [1],
    lines: (size) => (size >= list.length && list.length > 1 ? list : small.slice(0, 1)),
  };
};

const gaugesOf = ({ disk, load, memory }: NodeHealth): Gauge[] => [
  ...(load === undefined
    ? []
    : [
        {
          label: 'load',
          share: load.average / Math.max(1, load.processors),
          detail: `${load.average.toFixed(2)} on ${load.processors} ${load.processors === 1 ? 'processor' : 'processors'}`,
        },
      ]),
  ...(memory === undefined ? [] : [gaugeOf('memory', memory)]),
  ...(disk === undefined ? [] : [gaugeOf('disk', disk)]),
];

const gaugeOf = (label: string, { used, total }: Usage): Gauge => ({
  label,
  share: total > 0 ? used / total : 0,
  detail: `${inUnit(used, total)} of ${inUnit(total, total)} ${total < 2 ** 30 ? 'MiB' : 'GiB'}`,
});

/** In the unit that suits the whole. */
const inUnit = (bytes: number, whole: number): string =>
  whole < 2 ** 30 ? `${Math.round(bytes / 2 ** 20)}` : (bytes / 2 ** 30).toFixed(1);

const bar = ({ share }: Gauge, width: number, theme: Theme): PageLine => {
  const { barEmpty, barFull } = theme.glyphs;
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return [
    { text: barFull.repeat(full), style: alarm(share, theme) },
    { text: barEmpty.repeat(width - full), style: theme.styles.quiet },
    { text: ` ${Math.round(share * 100)}%`.padStart(5) },
  ];
};

const alarm = (share: number, { styles }: Theme): Style => {
  if (share >= 0.95) return styles.bad;
  return share >= 0.8 ? styles.warning : styles.good;
};
