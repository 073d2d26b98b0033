import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger } from '../../source/sandbox/endpoint/ledger.ts';

/** Milliseconds between two looks for something that comes by itself. */
const lookInterval = 20;

/** Ids of the instances that were launched, whatever became of them. */
export const launchedInstances = (ledger: Ledger): string[] =>
  ledger.entries().flatMap((entry) => (entry.type === 'launched' ? [entry.instanceId] : []));

/** Resolves with an instance, as soon as one is launched. */
export const someInstance = async (ledger: Ledger): Promise<string> => {
  for (;;) {
    const [first] = launchedInstances(ledger);
    if (first !== undefined) return first;
    await sleep(lookInterval);
  }
};

/** Resolves once an instance is terminated. */
export const untilTerminated = async (ledger: Ledger, instanceId: string): Promise<void> => {
  const isTerminated = () =>
    ledger
      .entries()
      .some(
        (entry) =>
          entry.type === 'state' && entry.instanceId === instanceId && entry.state === 'terminated',
      );
  while (!isTerminated()) await sleep(lookInterval);
};
