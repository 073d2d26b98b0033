import {
  isGithubActions,
  withoutCommands,
  withoutCommandsInJson,
} from '../reporters/workflow-command.ts';
import type { Invocation } from './command.ts';

/**
 * What nodes said, as it may be printed: where GitHub Actions reads the output, no line of it is one
 * of its commands.
 */
export const nodeText = ({ environment }: Pick<Invocation, 'environment'>, text: string): string =>
  isGithubActions(environment) ? withoutCommands(text) : text;

/** A line about a node, which may quote what its SSH server said. */
export const nodeLine = (
  invocation: Pick<Invocation, 'environment'>,
  node: string,
  message: string,
): string => `${nodeText(invocation, `${node}: ${message}`)}\n`;

/** Something that nodes said as one line of JSON, without the newline. */
export const nodeJson = (value: object): string => withoutCommandsInJson(JSON.stringify(value));
