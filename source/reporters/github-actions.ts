import type { Writable } from 'node:stream';
import type { FleetEvent } from '../events/event.ts';
import { cleanText } from '../ssh/clean-text.ts';
import { createAnnotator } from './annotations.ts';
import { type CiLinesOptions, createCiLines, type WrittenLine } from './ci-lines.ts';
import type { Reporter } from './reporter.ts';
import { workflowCommand } from './workflow-command.ts';

/**
 * Writes events for the log of a GitHub Actions step: the lines of `createCiLines`, with the output
 * of a failed node folded away, and an annotation for what went wrong.
 */
export const createGithubActionsLog = (
  stream: Writable,
  options: Omit<CiLinesOptions, 'frame'>,
): Reporter => {
  const annotate = createAnnotator();
  return createCiLines(stream, {
    ...options,
    frame: (event, lines) => {
      const annotations = annotate(event).map((printed) => ({ printed }));
      // The summary stays the last line.
      if (event.event === 'summary') return [...annotations, ...lines];
      const output = lines.filter(({ word }) => word === 'output');
      const others = lines.filter(({ word }) => word !== 'output');
      return [...others, ...group(event, output), ...annotations];
    },
  });
};

const group = (event: FleetEvent, lines: readonly WrittenLine[]): readonly WrittenLine[] => {
  if (lines.length === 0 || !('node' in event)) return lines;
  const title = cleanText(`Output of ${event.node}`);
  return [
    { printed: workflowCommand('group', title) },
    ...lines,
    { printed: workflowCommand('endgroup', '') },
  ];
};
