import type { Config } from '../config/config.ts';
import type { Invocation } from './command.ts';
import { commandLine } from './command-line.ts';

/** Says of a deployment that there is nothing to work on, and how that changes. */
export const noNodes = (
  invocation: Pick<Invocation, 'options'>,
  { deployment }: Pick<Config, 'deployment'>,
): string => `${deployment} has no nodes. \`${commandLine(invocation, 'create')}\` makes them.\n`;
