import type { CheckOutcome } from '../../events/event.ts';
import type { NodeHealth } from '../../fleet/state.ts';
import type { Theme } from '../theme.ts';
import { cutLines, type PageContext, type PageLine, type PageSection } from './page-section.ts';

/** Lines that the failed checks may take. */
const mostLines = 12;

/** The checks of the last look: failed ones with what to do about them, then how many passed. */
export const checkSection = (health: NodeHealth | undefined, context: PageContext): PageSection => {
  if (health === undefined || health.checks.length === 0) return { sizes: [], lines: () => [] };
  const { theme } = context;
  const failed = failedLines(health.checks, theme);
  const counts = countsLine(health.checks, theme);
  const all = Math.min(mostLines, failed.length + 1);
  return {
    sizes: Array.from({ length: all }, (_size, index) => index + 1),
    lines(size) {
      if (failed.length < size) return [...failed, counts];
      return size === 1
        ? [summaryLine(health.checks, theme)]
        : [...cutLines(failed, size - 1, context), counts];
    },
  };
};

/** Failed checks, each followed by its hint. */
export const failedLines = (checks: readonly CheckOutcome[], theme: Theme): readonly PageLine[] => {
  const { glyphs, styles } = theme;
  return checks
    .filter(({ status }) => status === 'failed')
    .flatMap(({ detail, hint, name }) => [
      [
        { text: ` ${glyphs.cross} ${name}`, style: styles.bad },
        { text: detail === '' ? '' : `: ${detail}` },
      ],
      ...(hint === undefined
        ? []
        : [[{ text: `   ${glyphs.arrow} ${hint}`, style: styles.strong }]]),
    ]);
};

/** What came of the checks: `17 checks passed, 2 skipped`, or `2 checks failed, 17 passed`. */
export const countsText = (checks: readonly CheckOutcome[]): string => {
  const counts = (['failed', 'passed', 'skipped'] as const)
    .map((status) => ({ status, count: checks.filter((check) => check.status === status).length }))
    .filter(({ count }) => count > 0);
  return counts
    .map(({ status, count }, index) => {
      const noun = index > 0 ? '' : count === 1 ? 'check ' : 'checks ';
      return `${count} ${noun}${status}`;
    })
    .join(', ');
};

const countsLine = (checks: readonly CheckOutcome[], { glyphs, styles }: Theme): PageLine => {
  const hasFailed = checks.some(({ status }) => status === 'failed');
  return [
    hasFailed
      ? { text: ` ${glyphs.cross} `, style: styles.bad }
      : { text: ` ${glyphs.check} `, style: styles.good },
    { text: countsText(checks), style: styles.quiet },
  ];
};

const summaryLine = (checks: readonly CheckOutcome[], theme: Theme): PageLine => {
  const counts = countsLine(checks, theme);
  const first = checks.find(({ status }) => status === 'failed');
  return first === undefined
    ? counts
    : [...counts, { text: ` ${theme.glyphs.separator} ${first.name}: ${first.detail}` }];
};
