import type { FleetEvent } from '../events/event.ts';
import { commandLine, type DeploymentOptions } from './command-line.ts';

/** A command line between backticks, of a command that is about a deployment. */
const quotedCommand = /`spot-tui (?!(?:explain|init|sandbox)\b)([a-z]+[^`]*)`/g;

/**
 * A text whose command lines, between backticks, say which deployment they are about, as this call
 * did: the engine knows of none, and a hint that is copied must not go to another fleet.
 */
export const completeHint = (options: DeploymentOptions, text: string): string => {
  const bare = commandLine({ options: {} });
  const flags = commandLine({ options }).slice(bare.length);
  if (flags === '') return text;
  return text.replaceAll(quotedCommand, (quoted, command: string) => {
    if (command.includes(flags.trimStart()) || command.includes('--help')) return quoted;
    const [own = '', ...remote] = command.split(' -- ');
    return `\`${[`${bare} ${own}${flags}`, ...remote].join(' -- ')}\``;
  });
};

/** An event whose hints are complete. */
export const completeEvent = (options: DeploymentOptions, event: FleetEvent): FleetEvent => {
  const complete = (text: string) => completeHint(options, text);
  switch (event.event) {
    case 'phase':
      return 'hint' in event && event.hint !== undefined
        ? { ...event, hint: complete(event.hint) }
        : event;
    case 'notice':
      return event.hint === undefined ? event : { ...event, hint: complete(event.hint) };
    case 'health':
      return {
        ...event,
        checks: event.checks.map((check) =>
          check.hint === undefined ? check : { ...check, hint: complete(check.hint) },
        ),
      };
    case 'action-result':
      return { ...event, detail: complete(event.detail) };
    case 'action':
    case 'fleet':
    case 'instance':
    case 'log':
    case 'moved':
    case 'progress':
    case 'summary':
      return event;
    default:
      return event satisfies never;
  }
};
