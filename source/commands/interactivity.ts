import type { Invocation } from './command.ts';

/** Whether CI says that it is there; https://docs.github.com/en/actions sets `CI=true`. */
const isCi = (value: string | undefined): boolean =>
  value !== undefined && value !== '' && value !== '0' && value !== 'false';

type Situation = Pick<Invocation, 'environment' | 'options' | 'stdin' | 'stdout'>;

/** Whether there is a person with a terminal who can be asked and shown things. */
export const isInteractive = ({ environment, options, stdin, stdout }: Situation): boolean =>
  !options.ci &&
  !options.json &&
  stdin.isTTY === true &&
  stdout.isTTY === true &&
  // Such a terminal can't place its cursor.
  environment.TERM !== 'dumb' &&
  !isCi(environment.CI);

/**
 * Whether what the terminal shows is read out to that person. A screen on which everything moves
 * would be read out at every change. The variable is what programs that are made with Ink know.
 */
export const isReadOut = (situation: Situation): boolean =>
  isInteractive(situation) &&
  (situation.options.screenReader || situation.environment.INK_SCREEN_READER === 'true');

/** Whether there is a person with a terminal who can be shown the dashboard. */
export const showsDashboard = (situation: Situation): boolean =>
  isInteractive(situation) && !isReadOut(situation);
