import type { FleetEvent } from '../events/event.ts';
import { cleanText } from '../ssh/clean-text.ts';
import { eventLine } from './event-schema.ts';

export type ParsedLine =
  | { readonly event: FleetEvent }
  | {
      /** Why it is no event, in a few words. */
      readonly problem: string;
      /** Whether no version of the program can have meant it as an event. */
      readonly isBroken: boolean;
    };

/** Reads a line that `formatEventLine` wrote, or says in a few words why it is no event. */
export const parseEventLine = (line: string): ParsedLine => {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    // It quotes what it could not read.
    return { problem: cleanText(`no JSON: ${why}`), isBroken: true };
  }

  const result = eventLine.safeParse(json);
  if (result.success) return { event: result.data };
  const [issue] = result.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? 'event' : issue.path.join('.');
  return {
    problem: cleanText(`${place}: ${issue?.message ?? 'not an event'}`),
    isBroken: !looksLikeEvent(json),
  };
};

/** Later versions have more events, and more kinds of them. */
const looksLikeEvent = (json: unknown): boolean =>
  typeof json === 'object' &&
  json !== null &&
  'event' in json &&
  typeof json.event === 'string' &&
  'time' in json &&
  typeof json.time === 'string';
