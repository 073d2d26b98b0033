import { faultCases } from './fault-cases.ts';
import type { RunRecord } from './run-record.ts';

/** The matrix as a table in Markdown: fault, seeds, outcome. */
export const matrixTable = (records: readonly RunRecord[]): string => {
  const rows = faultCases.flatMap(({ name }) => {
    const own = records.filter(({ fault }) => fault === name);
    return own.length === 0 ? [] : [rowOf(name, own)];
  });
  const seeds = records.map(({ seed }) => seed);
  return [
    '| fault | runs | seeds | nodes under the fault | run again | violations |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    `| **all** | ${records.length} | ${range(seeds)} | | | ${count(records)} |`,
  ].join('\n');
};

const rowOf = (name: string, records: readonly RunRecord[]): string => {
  const outcome = new Map<string, number>();
  for (const record of records) {
    for (const [phase, nodes] of Object.entries(record.outcome)) {
      outcome.set(phase, (outcome.get(phase) ?? 0) + nodes);
    }
  }
  const nodes = [...outcome].map(([phase, number]) => `${number} ${phase}`).join(', ');
  const good = records.filter(({ violations }) => violations.length === 0).length;
  const again = good === records.length ? 'as it should be' : `${good} as it should be`;
  return `| ${name} | ${records.length} | ${range(records.map(({ seed }) => seed))} | ${nodes || 'none told'} | ${again} | ${count(records)} |`;
};

const range = (seeds: readonly number[]): string => `${Math.min(...seeds)}–${Math.max(...seeds)}`;

const count = (records: readonly RunRecord[]): number =>
  records.reduce((sum, { violations }) => sum + violations.length, 0);

/** What was violated, with all that happened, and the command that does it again. */
export const violationReport = ({ fault, log, seed, text, violations }: RunRecord): string =>
  [
    `--- ${fault}, seed ${seed}: ${text}`,
    ...violations.map((violation) => `  VIOLATED: ${violation}`),
    `  again: npm run reliability -- --fault '${fault}' --from ${seed} --seeds 1`,
    ...log.map((line) => `    ${line}`),
  ].join('\n');
