import type { Writable } from 'node:stream';
import type { FleetEvent, PhaseEvent } from '../events/event.ts';
import type { Phase } from '../events/phase.ts';
import { cleanText } from '../ssh/clean-text.ts';
import { type CiLine, createNarrator, type NarratorOptions } from './ci-narrator.ts';
import { createLineWriter } from './line-writer.ts';
import type { Reporter } from './reporter.ts';

/**
 * Writes events for people who hear them: sentences without columns, colour or times. Of the steps
 * on the way only the first node's are told, unless `verbose`; what comes of every node is.
 *
 *     demo: create, 2 nodes in us-west-2, eu-central-1.
 *     us-west-2-1 is the first in booting: i-0a1b2c3d4e5f67890, t3.medium in us-west-2a.
 *     us-west-2-1 failed in configuring: sensor.service is missing. 0 of 2 ready.
 *     Hint: add it to the payload, then: spot-tui push us-west-2-1
 */
export const createSpokenLines = (stream: Writable, options: NarratorOptions): Reporter => {
  const { verbose } = options;
  const narrate = createNarrator(options);
  const phases = new Map<string, Phase>();
  const reached = new Set<Phase>();
  let size = 0;

  const writer = createLineWriter(stream, {
    onGap: (count) => `Warning: ${count} lines left out, this terminal is too slow.`,
  });

  const count = (): string => {
    const ready = [...phases.values()].filter((phase) => phase === 'ready').length;
    return `${ready} of ${Math.max(size, phases.size)} ready.`;
  };

  const phaseSentences = (event: PhaseEvent, [line, ...rest]: readonly CiLine[]): string[] => {
    const { node, phase } = event;
    const text = line?.text ?? '';
    const isFirst = !reached.has(phase);
    phases.set(node, phase);
    reached.add(phase);
    switch (phase) {
      case 'failed':
        return [sentence(`${node} failed ${text}`, count()), ...rest.map(speak)];
      case 'ready':
        return [sentence(`${node} is ready ${text}`, count())];
      case 'degraded':
      case 'interrupted':
      case 'terminated':
        return [sentence(detailed(`${node} is ${phase}`, text), count()), ...rest.map(speak)];
      case 'terminating':
        return [sentence(detailed(`${node} is ${phase}`, text))];
      default: {
        if (verbose) return [sentence(detailed(`${node} is in ${phase}`, text))];
        return isFirst ? [sentence(detailed(`${node} is the first in ${phase}`, text))] : [];
      }
    }
  };

  const sentencesOf = (event: FleetEvent, lines: readonly CiLine[]): string[] => {
    switch (event.event) {
      case 'phase':
        return phaseSentences(event, lines);
      case 'moved':
        phases.delete(event.node);
        return [sentence(`${event.node} moved to ${event.to}: ${event.reason}`)];
      case 'fleet':
        size = event.nodes;
        return lines.map(({ subject, word, text }) => sentence(`${subject}: ${word}, ${text}`));
      case 'summary':
        // A table says nothing to those who hear it, and each of its rows has been told.
        return lines.filter(({ word }) => !word.startsWith('not ')).map(speak);
      default:
        return lines.map(({ subject, word, text }) =>
          word === 'hint'
            ? speak({ subject, word, text })
            : sentence(`${subject}: ${word}: ${text}`),
        );
    }
  };

  const report = (event: FleetEvent): void => {
    const lines = narrate(event);
    const expendable = lines.length > 0 && lines.every((line) => line.expendable === true);
    for (const text of sentencesOf(event, lines)) writer.write(cleanText(text), { expendable });
  };

  return Object.assign(report, { flush: writer.flush });
};

/** What belongs to the sentence before: `Hint: …`. A full stop could be taken for a command's. */
const speak = ({ word, text }: CiLine): string =>
  `${word.charAt(0).toUpperCase()}${word.slice(1)}: ${text}`;

const detailed = (start: string, details: string): string =>
  details === '' ? start : `${start}: ${details}`;

/** Ends in a full stop, at which a screen reader pauses. */
const sentence = (text: string, next = ''): string =>
  `${/[.!?:…]$/.test(text) ? text : `${text.trimEnd()}.`} ${next}`.trimEnd();
