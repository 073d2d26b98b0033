import { shellWord } from '../ssh/openssh-command.ts';
import type { Invocation } from './command.ts';

/** Another command line about the same deployment as this call. */
export const commandLine = (
  { options: { config, profile, sandbox } }: Pick<Invocation, 'options'>,
  command?: string,
): string =>
  [
    'spot-tui',
    ...(command === undefined ? [] : [command]),
    ...(sandbox === undefined ? [] : ['--sandbox']),
    ...(config === undefined ? [] : ['--config', shellWord(config)]),
    ...(profile === undefined ? [] : ['--profile', shellWord(profile)]),
  ].join(' ');

/** How to come back to what keeps running, or end it. */
export const wayBack = (invocation: Pick<Invocation, 'options'>): string =>
  `Attach with \`${commandLine(invocation)}\`, end it with \`${commandLine(invocation, 'destroy')}\`.`;
