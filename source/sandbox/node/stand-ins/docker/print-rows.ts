import type { Call } from '../call.ts';
import { fillTemplate } from './go-template.ts';

/**
 * Prints rows in the format that was asked for, as docker does: a table, `json`, or a template,
 * with `table ` before it for one with a head.
 *
 * @throws Error for a template that the stand-in does not know.
 */
export const printRows = (
  call: Call,
  rows: readonly Readonly<Record<string, string>>[],
  columns: Readonly<Record<string, string>>,
  format: string | undefined,
): void => {
  if (format === 'json') {
    for (const row of rows) call.out(`${JSON.stringify(row)}\n`);
    return;
  }
  if (format !== undefined && format !== 'table' && !format.startsWith('table ')) {
    for (const row of rows) call.out(`${fillTemplate(unescapeFormat(format), row)}\n`);
    return;
  }
  const template =
    format === undefined || format === 'table'
      ? Object.keys(columns)
          .map((name) => `{{.${name}}}`)
          .join('\t')
      : unescapeFormat(format.slice(6));
  const heads = Object.fromEntries(
    Object.keys(rows[0] ?? columns).map((name) => [name, columns[name] ?? name.toUpperCase()]),
  );
  const table = [heads, ...rows].map((row) => fillTemplate(template, row).split('\t'));
  const widths = table[0]?.map((_, column) =>
    Math.max(...table.map((cells) => cells[column]?.length ?? 0)),
  );
  for (const cells of table) {
    const line = cells.map((cell, column) => cell.padEnd((widths?.[column] ?? 0) + 3));
    call.out(`${line.join('').trimEnd()}\n`);
  }
};

const unescapeFormat = (format: string): string =>
  format.replaceAll('\\t', '\t').replaceAll('\\n', '\n');
