import type { CommandEnd } from '../isolation/node-root.ts';
import type { Service } from './unit.ts';
import type { ServiceResult } from './unit-runtime.ts';

/** Whether a service that ended by itself is to be started again. */
export const wantsRestart = (
  { restart, restartPreventStatuses }: Service,
  result: ServiceResult,
  end: CommandEnd | undefined,
): boolean => {
  const status = end?.signal ?? String(end?.code);
  if (restartPreventStatuses.includes(status)) return false;
  switch (restart) {
    case 'always':
      return true;
    case 'on-success':
      return result === 'success';
    case 'on-failure':
      return result !== 'success';
    case 'on-abnormal':
      return result === 'signal' || result === 'timeout';
    case 'on-abort':
      return result === 'signal';
    case 'no':
    case 'on-watchdog':
      return false;
    default:
      return restart satisfies never;
  }
};
