import { uptime } from 'node:os';

/** Microseconds since boot, of the clock that `/proc/uptime` shows on a node. */
export const monotonicMicroseconds = (): number => Math.round(uptime() * 1_000_000);
