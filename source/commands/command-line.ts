import { shellWord } from '../ssh/openssh-command.ts';
import type { Options } from './options.ts';

/** What says which deployment a call is about. */
export type DeploymentOptions = Pick<Options, 'config' | 'profile' | 'sandbox'>;

/** Another command line about the same deployment as this call. */
export const commandLine = (
  { options: { config, profile, sandbox } }: { readonly options: DeploymentOptions },
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
export const wayBack = (invocation: { readonly options: DeploymentOptions }): string =>
  `Attach with \`${commandLine(invocation)}\`, end it with \`${commandLine(invocation, 'destroy')}\`.`;
