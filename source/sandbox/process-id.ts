import { readFileSync } from 'node:fs';
import { hasCode } from './has-code.ts';

/** Whether a process of that number runs, whoever it belongs to. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (hasCode(error, 'EPERM')) return true;
    if (hasCode(error, 'ESRCH')) return false;
    throw error;
  }
  return !isZombie(pid);
};

/**
 * A process that has ended keeps its number until its parent asks for its result, which the first
 * process of many containers never does.
 * https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
const isZombie = (pid: number): boolean => {
  if (process.platform !== 'linux') return false;
  try {
    // The state follows the name, which stands in parentheses and may hold anything.
    return /.*\) Z /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    // Gone by now, or in a place where processes of others can't be seen.
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')) return false;
    throw error;
  }
};
