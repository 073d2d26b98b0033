import { ConfigError, formatIssue } from '../config/issue.ts';
import type { Invocation } from './command.ts';

/** Says on standard error what went wrong and what to do about it; the stack only when asked for. */
export const reportError = (
  error: unknown,
  { stderr, debug }: { readonly stderr: Invocation['stderr']; readonly debug: boolean },
): void => {
  stderr.write(`${errorLines(error).join('\n')}\n`);
  if (debug && error instanceof Error) stderr.write(`${error.stack}\n`);
};

const errorLines = (error: unknown): string[] => {
  if (!(error instanceof Error)) return [`spot-tui: ${String(error)}`];
  // Editors and scripts take these lines apart, so nothing is put before them.
  if (error instanceof ConfigError) {
    return [
      ...error.message.split('\n'),
      ...error.warnings.map((warning) => `warning: ${formatIssue(warning)}`),
    ];
  }
  const [first = '', ...more] = error.message.split('\n');
  return [
    `spot-tui: ${first}`,
    ...more.map((line) => `  ${line}`),
    ...('hint' in error && typeof error.hint === 'string' && error.hint !== ''
      ? [`  ${error.hint}`]
      : []),
  ];
};
