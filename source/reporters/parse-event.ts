import type { FleetEvent } from '../events/event.ts';
import { eventLine } from './event-schema.ts';

export type ParsedLine = { readonly event: FleetEvent } | { readonly problem: string };

/** Reads a line that `formatEventLine` wrote, or says in a few words why it is no event. */
export const parseEventLine = (line: string): ParsedLine => {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return { problem: `no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }

  const result = eventLine.safeParse(json);
  if (result.success) return { event: result.data };
  const [issue] = result.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? 'event' : issue.path.join('.');
  return { problem: `${place}: ${issue?.message ?? 'not an event'}` };
};
