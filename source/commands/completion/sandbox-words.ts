import type { FaultRequest } from '../../sandbox/client.ts';

export const sandboxWords = [
  ['status', 'is it running, and what is in it?'],
  ['stop', 'end it with everything in it'],
  ['fault', 'do something bad to what runs in it'],
] as const;

/** The compiler sees to it that none is missing. */
const faults: Record<FaultRequest['kind'] | 'clear', string> = {
  reclaim: 'take a node away after two minutes',
  rebalance: 'recommend to replace a node',
  'refuse-capacity': 'refuse to launch',
  throttle: 'refuse requests as too many',
  deny: 'refuse requests as forbidden',
  'cut-ssh': 'cut the connections to a node',
  'fill-disk': 'leave a node no room',
  'stop-service': 'stop the services of a node',
  reboot: 'reboot a node',
  'silence-console': 'print nothing on the consoles, or on that of a node',
  clear: 'end refuse-capacity, throttle, deny and silence-console',
};

export const faultWords: readonly (readonly [string, string])[] = Object.entries(faults);
