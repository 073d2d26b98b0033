import type { WorkloadHealth } from '../../events/event.ts';
import type { LogSource } from '../../fleet/actions.ts';
import type { NodeState } from '../../fleet/state.ts';

/** A log that nodes keep. */
export type NodeLog = {
  readonly source: LogSource;
  readonly title: string;
  /** What is known of what writes it, or how many of the nodes have it. */
  readonly detail: string;
  /** Names of the nodes that have it. */
  readonly nodes: ReadonlySet<string>;
};

/**
 * The logs that some nodes keep: their services and containers as they were found when they were
 * last looked at, what most nodes have first, then what every node has.
 */
export const nodeLogs = (nodes: readonly NodeState[]): readonly NodeLog[] => {
  const own = [
    ...workloadLogs(nodes, 'services', (unit) => ({ type: 'unit', unit })),
    ...workloadLogs(nodes, 'containers', (container) => ({ type: 'container', container })),
  ].filter(({ source }) => source.type !== 'unit' || source.unit !== configureServices);
  const all = new Set(nodes.map(({ name }) => name));
  const common = commonLogs.map((log) => ({ ...log, nodes: all }));
  return [...own.toSorted((one, other) => other.nodes.size - one.nodes.size), ...common];
};

const configureServices = 'configure-services.service';

const commonLogs: readonly Omit<NodeLog, 'nodes'>[] = [
  {
    source: { type: 'unit', unit: configureServices },
    title: 'configure-services',
    detail: 'installs and starts what was uploaded',
  },
  {
    // It runs in several stages, each of them a unit.
    source: { type: 'unit', unit: 'cloud-*.service' },
    title: 'cloud-init',
    detail: 'what the machine did at its first boot',
  },
  { source: { type: 'journal' }, title: 'journal', detail: 'everything' },
];

const workloadLogs = (
  nodes: readonly NodeState[],
  kind: 'services' | 'containers',
  sourceOf: (name: string) => LogSource,
): NodeLog[] => {
  const found = nodes.flatMap(({ health, name: node }) =>
    (health?.[kind] ?? []).map((workload) => ({ node, workload })),
  );
  return [...Map.groupBy(found, ({ workload }) => workload.name)].map(([name, group]) => ({
    source: sourceOf(name),
    title: name.replace(/\.service$/, ''),
    detail: describe(
      kind,
      group.map(({ workload }) => workload),
      nodes.length,
    ),
    nodes: new Set(group.map(({ node }) => node)),
  }));
};

const describe = (
  kind: 'services' | 'containers',
  workloads: readonly WorkloadHealth[],
  nodes: number,
): string => {
  const word = kind === 'services' ? 'service' : 'container';
  const states = [...Map.groupBy(workloads, ({ state }) => state)]
    .map(([state, group]) => (nodes === 1 ? state : `${group.length} ${state}`))
    .join(', ');
  return workloads.length === nodes
    ? `${word}, ${states}`
    : `${word} on ${workloads.length} of ${nodes}: ${states}`;
};
