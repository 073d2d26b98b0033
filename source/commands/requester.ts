import { hostname, userInfo } from 'node:os';
import { cleanText } from '../ssh/clean-text.ts';

/** Who runs the program, for others to read: `user@machine`. */
export const requester = (): string => cleanText(`${userName()}@${machineName()}`);

const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    // In containers, processes run under ids that no user has.
    return process.getuid === undefined ? 'unknown' : `user ${process.getuid()}`;
  }
};

const machineName = (): string => {
  try {
    return hostname();
  } catch {
    // The system does not tell; the rest of the line still helps.
    return 'unknown';
  }
};
