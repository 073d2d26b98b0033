import type { Invocation } from './command.ts';

/** Whether CI says that it is there; https://docs.github.com/en/actions sets `CI=true`. */
const isCi = (value: string | undefined): boolean =>
  value !== undefined && value !== '' && value !== '0' && value !== 'false';

/** Whether there is a person with a terminal who can be asked and shown things. */
export const isInteractive = ({
  environment,
  options,
  stdin,
  stdout,
}: Pick<Invocation, 'environment' | 'options' | 'stdin' | 'stdout'>): boolean =>
  !options.ci &&
  !options.json &&
  stdin.isTTY === true &&
  stdout.isTTY === true &&
  // Such a terminal can't place its cursor.
  environment.TERM !== 'dumb' &&
  !isCi(environment.CI);
