import { ConfigError, formatIssue } from '../config/issue.ts';
import { moreLines, topicOfError } from '../events/topic.ts';
import { isGithubActions, workflowCommand } from '../reporters/workflow-command.ts';
import type { Invocation } from './command.ts';
import type { DeploymentOptions } from './command-line.ts';
import { completeHint } from './complete-hints.ts';
import { nodeText } from './node-text.ts';

/**
 * Says on standard error what went wrong and what to do about it; the stack only when asked for. In
 * GitHub Actions it is an annotation as well.
 */
export const reportError = (
  error: unknown,
  {
    stderr,
    debug,
    environment,
    options = {},
  }: Pick<Invocation, 'environment' | 'stderr'> & {
    readonly debug: boolean;
    /** Those of the call, once they are known. */
    readonly options?: DeploymentOptions;
  },
): void => {
  const lines = errorLines(error, options);
  const stack = debug && error instanceof Error ? `${error.stack}\n` : '';
  if (isGithubActions(environment)) {
    const message = lines.map((line) => line.replace(/^spot-tui: |^ +/, '')).join('\n');
    stderr.write(`${workflowCommand('error', message, { title: 'spot-tui' })}\n`);
  }
  stderr.write(nodeText({ environment }, `${lines.join('\n')}\n${stack}`));
};

const errorLines = (error: unknown, options: DeploymentOptions): string[] => {
  if (!(error instanceof Error)) return [`spot-tui: ${String(error)}`];
  // Editors and scripts take these lines apart, so nothing is put before them.
  if (error instanceof ConfigError) {
    return [
      ...error.message.split('\n'),
      ...error.warnings.map((warning) => `warning: ${formatIssue(warning)}`),
      ...moreLines([error.topic]),
    ];
  }
  const [first = '', ...more] = error.message.split('\n');
  return [
    `spot-tui: ${first}`,
    ...more.map((line) => `  ${line}`),
    ...('hint' in error && typeof error.hint === 'string' && error.hint !== ''
      ? [`  ${completeHint(options, error.hint)}`]
      : []),
    ...moreLines([topicOfError(error)]).map((line) => `  ${line}`),
  ];
};
