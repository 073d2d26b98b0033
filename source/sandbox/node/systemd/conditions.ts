import type { NodeShell } from '../node-shell.ts';
import type { Condition } from './unit.ts';

const tests: Readonly<Record<string, string>> = {
  PathExists: '-e',
  PathIsDirectory: '-d',
  PathIsSymbolicLink: '-L',
  FileNotEmpty: '-s',
  FileIsExecutable: '-x',
  PathIsReadWrite: '-w',
};

/** The first condition that does not hold; those of other kinds than paths hold always. */
export const firstUnmet = async (
  conditions: readonly Condition[],
  shell: NodeShell,
): Promise<Condition | undefined> => {
  for (const condition of conditions) {
    const test = tests[condition.kind];
    if (test === undefined) continue;
    const { status } = await shell.run(`[ ${test} "$SPOT_TUI_ROOT$1" ]`, [condition.argument]);
    if ((status === 0) === condition.negated) return condition;
  }
  return undefined;
};
