import type { CheckOutcome, HealthEvent, Usage, WorkloadHealth } from '../../events/event.ts';
import { cleanText } from '../../ssh/clean-text.ts';
import type { CheckResult } from '../checks/check.ts';
import type { ContainerFacts, NodeFacts, UnitFacts } from './facts.ts';

/** How a node was found, as people see it. */
export type Health = Omit<HealthEvent, 'event' | 'node' | 'time'>;

/**
 * Facts and what the checks made of them, safe for a terminal.
 *
 * @param name Of the node: hints name it.
 * @param services Units that the node is there for, in the order in which they are listed.
 */
export const healthOf = (
  facts: NodeFacts,
  checks: readonly CheckResult[],
  { name, services }: { readonly name: string; readonly services: readonly string[] },
): Health => {
  const { containers, disk, load, memory, processors, units, uptime } = facts;
  return {
    checks: checks.map((check) => outcomeOf(check, name)),
    services: services.flatMap((service) => {
      const unit = units.find(({ id }) => id === service);
      return unit === undefined ? [] : [serviceHealth(unit)];
    }),
    containers: containers.map(containerHealth),
    ...(load === undefined || processors === undefined
      ? {}
      : { load: { average: load[0], processors } }),
    ...(memory === undefined ? {} : { memory: usageOf(memory) }),
    ...(disk === undefined ? {} : { disk: usageOf(disk) }),
    ...(uptime > 0 ? { uptime: Math.round(uptime * 1000) } : {}),
  };
};

const outcomeOf = ({ name, status, detail, hint }: CheckResult, node: string): CheckOutcome => ({
  name: cleanText(name),
  status,
  detail: cleanText(detail),
  ...(hint === undefined ? {} : { hint: cleanText(hint.replaceAll('NODE', node)) }),
});

const serviceHealth = (unit: UnitFacts): WorkloadHealth => ({
  name: cleanText(unit.id),
  state: cleanText(unit.loadState === 'loaded' ? unit.activeState : unit.loadState),
  detail: cleanText(
    [
      ...(unit.subState === '' ? [] : [unit.subState]),
      ...(unit.restarts > 0 ? [`restarted ${unit.restarts} times`] : []),
    ].join(', '),
  ),
});

/** Docker's own words tell the age of a container, which is over as soon as it is said. */
const containerHealth = ({ image, name, state, status }: ContainerFacts): WorkloadHealth => {
  const verdict = /\((?:healthy|unhealthy|health: starting)\)/.exec(status)?.[0];
  const details =
    state === 'running'
      ? [image, ...(verdict === undefined ? [] : [verdict])]
      : [status.replace(/ (?:Less than|About|\d+) .*$/, ''), image];
  return {
    name: cleanText(name),
    state: cleanText(state),
    detail: cleanText(details.filter((detail) => detail !== '').join(' ')),
  };
};

const usageOf = ({
  availableKb,
  totalKb,
}: {
  readonly availableKb: number;
  readonly totalKb: number;
}): Usage => ({ used: Math.max(0, totalKb - availableKb) * 1024, total: totalKb * 1024 });
