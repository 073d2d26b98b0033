import stringWidth from 'string-width';
import type { Figure, Unit } from './figure.ts';
import type { Machine } from './machine.ts';
import { isMet, median, ratioOf, spread } from './statistics.ts';

/** What came of one subject. */
export type SubjectResult = {
  readonly name: string;
  readonly title: string;
  readonly figures: readonly Figure[];
  /** Why it could not be measured. */
  readonly trouble?: string;
};

export type BenchResult = {
  readonly machine: Machine;
  readonly quick: boolean;
  readonly subjects: readonly SubjectResult[];
};

/** The results as a table for people. */
export const formatTable = ({ machine, quick, subjects }: BenchResult): string => {
  const { processor, cores, memory, node, system, load } = machine;
  const lines = [
    `${processor}, ${cores} cores, ${memory} GiB, ${system}, Node.js ${node}, load ${load}`,
    ...(quick ? ['Short form: few repetitions, small sizes. Times are noisy.'] : []),
  ];
  for (const { title, figures, trouble } of subjects) {
    lines.push('', title);
    if (trouble !== undefined) lines.push(`  not measured: ${trouble}`);
    if (figures.length > 0) lines.push(...alignColumns([headings, ...figures.map(cells)]));
    for (const { name, note } of figures) if (note !== undefined) lines.push(`  ${name}: ${note}`);
  }
  return `${lines.join('\n')}\n`;
};

/** The results for programs: what was measured, and what follows from it. */
export const formatJson = (result: BenchResult): string =>
  `${JSON.stringify(
    {
      ...result,
      subjects: result.subjects.map((subject) => ({
        ...subject,
        figures: subject.figures.map((figure) => ({
          ...figure,
          median: median(figure.samples),
          spread: spread(figure.samples),
          ratio: ratioOf(figure),
          met: isMet(figure),
        })),
      })),
    },
    undefined,
    2,
  )}\n`;

/** The figures that fail the bench: exact ones that miss their target. */
export const failures = ({ subjects }: BenchResult): readonly string[] =>
  subjects.flatMap(({ name, figures }) =>
    figures
      .filter((figure) => figure.target?.exact === true && isMet(figure) === false)
      .map((figure) => `${name}: ${cells(figure).join('  ')}`),
  );

const headings = ['', 'median', '±', 'baseline', '', 'ratio', 'target', ''];

const cells = (figure: Figure): readonly string[] => {
  const { name, unit, samples, baseline, target } = figure;
  const ratio = ratioOf(figure);
  const met = isMet(figure);
  return [
    name,
    formatValue(median(samples), unit),
    samples.length > 1 ? `${Math.round(spread(samples) * 100)} %` : '',
    baseline?.name ?? '',
    baseline === undefined ? '' : formatValue(median(baseline.samples), unit),
    ratio === undefined ? '' : `${formatNumber(ratio)} ×`,
    target === undefined
      ? ''
      : `≤ ${target.of === 'ratio' ? `${target.atMost} ×` : formatValue(target.atMost, unit)}`,
    met === undefined ? '' : met ? '✓' : '✗',
  ];
};

const formatValue = (value: number, unit: Unit): string =>
  unit === 'ratio' ? `${formatNumber(value)} ×` : `${formatNumber(value)} ${unit}`;

const formatNumber = (value: number): string =>
  Math.abs(value) >= 100 || Number.isInteger(value)
    ? Math.round(value).toLocaleString('en-US')
    : value.toPrecision(3);

const alignColumns = (rows: ReadonlyArray<readonly string[]>): readonly string[] => {
  const widths = headings.map((_, column) =>
    Math.max(...rows.map((row) => stringWidth(row[column] ?? ''))),
  );
  return rows.map((row) =>
    `  ${row
      .map((cell, column) => {
        const padding = ' '.repeat((widths[column] ?? 0) - stringWidth(cell));
        const isText = column === 0 || column === 3 || column === 7;
        return isText ? cell + padding : padding + cell;
      })
      .join('  ')}`.trimEnd(),
  );
};
