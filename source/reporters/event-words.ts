import type { InstanceEvent, PhaseEvent, SummaryEvent } from '../events/event.ts';
import { dollars } from './dollars.ts';
import { timeOfDay } from './time-of-day.ts';

/** What the fleet costs, with a `+` where not all of it is known; nothing where none is. */
export const describeCost = ({ pricePerHour, unpriced }: SummaryEvent): string =>
  pricePerHour === undefined
    ? ''
    : `, at ${dollars(pricePerHour)}${unpriced === undefined ? '' : '+'} an hour`;

/** The reason for a phase; empty on the way to `ready`. */
export const reasonOf = (event: PhaseEvent): string => {
  switch (event.phase) {
    case 'failed':
      return `in ${event.failedPhase}: ${event.reason}`;
    case 'interrupted':
      return event.deadline === undefined
        ? event.reason
        : `${event.reason} (until ${timeOfDay(event.deadline)})`;
    case 'degraded':
    case 'terminating':
    case 'terminated':
      return event.reason;
    default:
      return '';
  }
};

/** A machine in one line: what it is and where. */
export const describeInstance = (event: InstanceEvent): string => {
  const { instanceId, instanceType, lifecycle, region, zone } = event;
  const dear = lifecycle === 'on-demand' ? ' on demand' : '';
  const type = instanceType === undefined ? '' : `, ${instanceType}${dear}`;
  return `${instanceId}${type} in ${zone ?? region}`;
};

/** Where its SSH server answers. */
export const describeAddress = ({ address = '', sshPort = 22 }: InstanceEvent): string =>
  sshPort === 22 ? address : `${address} port ${sshPort}`;

export const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;

/** A number of bytes as people read it. */
export const size = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
