import { createAnnotations } from '../reporters/annotations.ts';
import { createCiLines } from '../reporters/ci-lines.ts';
import { createGithubActionsLog } from '../reporters/github-actions.ts';
import { createNdjsonReporter } from '../reporters/ndjson.ts';
import type { Reporter } from '../reporters/reporter.ts';
import { createSpokenLines } from '../reporters/spoken-lines.ts';
import { createStepSummary } from '../reporters/step-summary.ts';
import { isGithubActions } from '../reporters/workflow-command.ts';
import type { Invocation } from './command.ts';
import { isReadOut } from './interactivity.ts';

/**
 * The view of events that the options ask for.
 *
 * @param recording Where the run is recorded: named at its end.
 */
export const reporterFor = (invocation: Invocation, recording?: string): Reporter => {
  const { environment, options, stdout } = invocation;
  const { verbose } = options;
  if (options.json) return createNdjsonReporter(stdout);
  if (isReadOut(invocation)) return createSpokenLines(stdout, { verbose, recording });
  return createCiLines(stdout, { verbose, environment, recording });
};

/**
 * All views of a run without a dashboard: the one that the options ask for, and in GitHub Actions
 * its annotations and the summary of the step.
 */
export const runReporters = (invocation: Invocation, recording: string): readonly Reporter[] => {
  const { environment, options, stderr, stdout } = invocation;
  const { verbose } = options;
  if (!isGithubActions(environment)) return [reporterFor(invocation, recording)];
  const file = environment.GITHUB_STEP_SUMMARY ?? '';
  return [
    ...(options.json
      ? // Standard output has nothing but JSON; the runner reads both.
        [createNdjsonReporter(stdout), createAnnotations(stderr)]
      : [createGithubActionsLog(stdout, { verbose, environment, recording })]),
    ...(file === ''
      ? []
      : [
          createStepSummary({
            file,
            onProblem: (message) => {
              stderr.write(`warning: ${message}\n`);
            },
          }),
        ]),
  ];
};
