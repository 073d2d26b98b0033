import type { Writable } from 'node:stream';
import type { FleetEvent } from '../events/event.ts';
import { cleanText } from '../ssh/clean-text.ts';
import { createLineWriter } from './line-writer.ts';
import type { Reporter } from './reporter.ts';
import { workflowCommand } from './workflow-command.ts';

type Annotation = {
  readonly level: 'error' | 'warning';
  readonly title: string;
  readonly message: string;
};

/**
 * Annotations of a level that are made at once. GitHub shows ten of each level for a step
 * (https://docs.github.com/en/rest/checks/runs): one is for what is left at the end, one for what
 * the command itself ends with.
 */
const shownAtOnce = 8;

/**
 * Says of an event what GitHub Actions shall point out: failed nodes and errors as errors, degraded
 * and interrupted nodes and warnings as warnings. What is too much for GitHub is added up at the end.
 *
 * @returns Lines for the output of the step.
 */
export const createAnnotator = (): ((event: FleetEvent) => readonly string[]) => {
  const count = { error: 0, warning: 0 };
  const rest: Annotation[] = [];
  /** EC2 announces the end of a node, and later it has come. */
  const interrupted = new Set<string>();

  const annotate = (annotation: Annotation): string[] => {
    count[annotation.level] += 1;
    if (count[annotation.level] <= shownAtOnce) return [annotationLine(annotation)];
    rest.push(annotation);
    return [];
  };

  return (event) => {
    switch (event.event) {
      case 'phase':
        switch (event.phase) {
          case 'failed':
            return annotate({
              level: 'error',
              title: `${event.node} failed in ${event.failedPhase}`,
              message: `${event.reason}\n${event.hint}`,
            });
          case 'degraded':
            return annotate({
              level: 'warning',
              title: `${event.node} is degraded`,
              message: `${event.reason}\n${event.hint}`,
            });
          case 'interrupted':
            if (interrupted.has(event.node)) return [];
            interrupted.add(event.node);
            return annotate({
              level: 'warning',
              title: `${event.node} is interrupted`,
              message: event.reason,
            });
          default:
            return [];
        }
      case 'notice':
        if (event.level === 'info') return [];
        return annotate({
          level: event.level,
          title: event.region ?? 'spot-tui',
          message: event.hint === undefined ? event.message : `${event.message}\n${event.hint}`,
        });
      case 'summary':
        return (['error', 'warning'] as const).flatMap((level) =>
          addUp(rest.filter((annotation) => annotation.level === level)),
        );
      default:
        return [];
    }
  };
};

const addUp = (annotations: readonly Annotation[]): string[] => {
  const [first] = annotations;
  if (first === undefined) return [];
  if (annotations.length === 1) return [annotationLine(first)];
  const { level } = first;
  const title = `${annotations.length} more ${level}s`;
  const message = annotations.map((annotation) => annotation.title).join('\n');
  return [annotationLine({ level, title, message })];
};

const annotationLine = ({ level, title, message }: Annotation): string =>
  workflowCommand(level, message.split('\n').map(cleanText).join('\n'), {
    title: cleanText(title),
  });

/** Writes nothing but the annotations: where the events themselves go elsewhere. */
export const createAnnotations = (stream: Writable): Reporter => {
  const annotate = createAnnotator();
  const writer = createLineWriter(stream, {
    onGap: (lines) => workflowCommand('warning', `${lines} annotations were left out`),
  });
  const report = (event: FleetEvent): void => {
    for (const line of annotate(event)) writer.write(line);
  };
  return Object.assign(report, { flush: writer.flush });
};
