import { memo } from 'react';
import type { Usage, WorkloadHealth } from '../../events/event.ts';
import type { NodeHealth } from '../../fleet/state.ts';
import { useDashboard } from '../dashboard-context.ts';
import { type Segment, SegmentLine } from '../segment-line.tsx';
import type { Theme } from '../theme.ts';

type HealthLineProps = {
  readonly health: NodeHealth;
  /** Whether the node is on its way: what fails then may only be starting. */
  readonly isStarting: boolean;
  /** In terminal columns. */
  readonly width: number;
};

/** How a node was found when it was last looked at, as far as that is known. */
export const HealthLine = memo(({ health, isStarting, width }: HealthLineProps) => {
  const { theme } = useDashboard();
  const facts = factsOf(health, isStarting, theme);
  const segments = facts.flatMap((fact, index): Segment[] => [
    { text: index === 0 ? ' ' : ` ${theme.glyphs.separator} `, style: theme.styles.quiet },
    ...fact,
  ]);
  return <SegmentLine segments={segments} width={width - 1} />;
});

/** Processes that want to run for each processor, from which on a machine has too much to do. */
const busy = 2;

/** Parts in use from which on something is about to be full. */
const nearlyFull = 0.9;

const factsOf = (health: NodeHealth, isStarting: boolean, theme: Theme): Segment[][] => {
  const { checks, services, containers, load, memory, disk } = health;
  const failed = checks.filter(({ status }) => status === 'failed').length;
  /** By what its check says, where it has one: a oneshot that is finished is fine as well. */
  const isFine =
    (good: string) =>
    ({ name, state }: WorkloadHealth) => {
      const check = checks.find((one) => one.name === name);
      return check === undefined ? state === good : check.status !== 'failed';
    };
  const facts = [
    failed === 0 ? [] : [failedChecks(failed, isStarting, theme)],
    workloads('services', services.map(isFine('active')), theme),
    workloads('containers', containers.map(isFine('running')), theme),
    load === undefined
      ? []
      : fact(
          'load',
          `${load.average.toFixed(1)}/${load.processors}`,
          load.average > busy * load.processors,
          theme,
        ),
    usage('disk', disk, theme),
    usage('memory', memory, theme),
  ];
  return facts.filter(({ length }) => length > 0);
};

const failedChecks = (failed: number, isStarting: boolean, theme: Theme): Segment => {
  const checks = `${failed} ${failed === 1 ? 'check' : 'checks'}`;
  return isStarting
    ? { text: `${theme.glyphs.circle} ${checks} still to pass`, style: theme.styles.accent }
    : { text: `${theme.glyphs.cross} ${checks} failed`, style: theme.styles.bad };
};

/** A fact; what is alarming has a glyph besides its colour. */
const fact = (
  label: string,
  value: string,
  isAlarming: boolean,
  { glyphs, styles }: Theme,
): Segment[] => [
  { text: `${label} ` },
  isAlarming ? { text: `${glyphs.warning} ${value}`, style: styles.warning } : { text: value },
];

const workloads = (label: string, areFine: readonly boolean[], theme: Theme): Segment[] => {
  if (areFine.length === 0) return [];
  const count = areFine.filter(Boolean).length;
  return fact(label, `${count}/${areFine.length}`, count < areFine.length, theme);
};

const usage = (label: string, part: Usage | undefined, theme: Theme): Segment[] => {
  if (part === undefined || part.total <= 0) return [];
  const share = part.used / part.total;
  return fact(label, `${Math.round(share * 100)}%`, share >= nearlyFull, theme);
};
