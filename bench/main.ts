import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import meow from 'meow';
import type { Subject } from './figure.ts';
import { describeMachine } from './machine.ts';
import {
  type BenchResult,
  failures,
  formatJson,
  formatTable,
  type SubjectResult,
} from './report.ts';
import { subjects } from './subjects.ts';

const { flags } = meow(
  `
  Measures spot-tui beside what people use today

    npm run bench -- [options]

    --only NAMES        these subjects only, comma-separated:
                        ${subjects.map(({ name }) => name).join(', ')}
    --quick             a short form in minutes, as CI runs it
    --repetitions N     how often each thing is measured (default 5; with --quick 2)
    --json FILE         writes the results as JSON, too

  Ends with 1 only where an exact count (round trips, calls, bytes) misses its target.
`,
  {
    importMeta: import.meta,
    flags: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      repetitions: { type: 'number' },
      json: { type: 'string' },
    },
  },
);

const { quick, only, repetitions = quick ? 2 : 5 } = flags;
const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort(new Error('interrupted')));

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** Measures one subject in a folder of its own. What fails is told, and the others go on. */
const measure = async (subject: Subject): Promise<SubjectResult> => {
  const { name, title } = subject;
  log(`${title} …`);
  const folder = await mkdtemp(path.join(tmpdir(), `spot-tui-bench-${name}-`));
  try {
    const { signal } = interruption;
    const figures = await subject.measure({ quick, repetitions, folder, signal, log });
    return { name, title, figures };
  } catch (error) {
    if (interruption.signal.aborted) throw error;
    const trouble = error instanceof Error ? error.message : String(error);
    log(`  ${trouble}`);
    return { name, title, figures: [], trouble };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const names = only?.split(',');
const unknown = names?.find((name) => subjects.every((subject) => subject.name !== name));
if (unknown !== undefined) {
  log(`--only: there is no subject "${unknown}"`);
  process.exit(2);
}

const machine = describeMachine();
const results: SubjectResult[] = [];
for (const subject of subjects) {
  if (names !== undefined && !names.includes(subject.name)) continue;
  results.push(await measure(subject));
}
const result: BenchResult = { machine, quick, subjects: results };
process.stdout.write(formatTable(result));
if (flags.json !== undefined) await writeFile(flags.json, formatJson(result));

const failed = failures(result);
for (const line of failed) log(`missed: ${line}`);
const isUnmeasured = results.some(({ trouble }) => trouble !== undefined);
process.exit(failed.length > 0 || isUnmeasured ? 1 : 0);
