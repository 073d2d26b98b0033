import type { FleetEvent } from '../../source/events/event.ts';
import type { PipelinePhase } from '../../source/events/phase.ts';
import type { NodeState } from '../../source/fleet/state.ts';

/** The moment at which the tests' fleets begin. */
export const start = Date.UTC(2025, 6, 1, 12, 0, 0);

/** An event that puts a node into a phase of its pipeline, `seconds` after the start. */
export const enters = (node: string, phase: PipelinePhase, seconds = 0): FleetEvent => ({
  event: 'phase',
  time: start + seconds * 1000,
  node,
  region: node.replace(/-\d+$/, ''),
  phase,
  attempt: 1,
});

export const fails = (
  node: string,
  reason: string,
  hint = 'try again',
  seconds = 0,
): FleetEvent => ({
  event: 'phase',
  time: start + seconds * 1000,
  node,
  phase: 'failed',
  failedPhase: 'configuring',
  reason,
  hint,
  output: ['first line of output', 'last line of output'],
});

/** EC2's notice that it takes an instance in two minutes. */
export const reclaims = (node: string): FleetEvent => ({
  event: 'phase',
  time: start,
  node,
  phase: 'interrupted',
  reason: 'EC2 needs the capacity back',
  deadline: start + 120_000,
});

export const logs = (node: string, message: string, source = 'cloud-init'): FleetEvent => ({
  event: 'log',
  time: start,
  node,
  source,
  message,
});

export const runsOn = (node: string, facts: Partial<NodeState> = {}): FleetEvent => ({
  event: 'instance',
  time: start,
  node,
  region: node.replace(/-\d+$/, ''),
  instanceId: 'i-0123456789abcdef0',
  zone: `${node.replace(/-\d+$/, '')}a`,
  instanceType: 't3.medium',
  address: '203.0.113.7',
  ...facts,
});

export const begins = (deployment = 'sandbox', command = 'create', nodes = 3): FleetEvent => ({
  event: 'fleet',
  time: start,
  deployment,
  command,
  regions: ['us-west-2'],
  nodes,
});

/** Nodes `us-west-2-1`, `us-west-2-2` and so on, all in one phase, with an instance each. */
export const fleetOf = (count: number, phase: 'booting' | 'ready' = 'ready'): FleetEvent[] =>
  Array.from({ length: count }, (_, index) => {
    const node = `us-west-2-${index + 1}`;
    return [enters(node, phase), runsOn(node, { address: `203.0.113.${index % 250}` })];
  }).flat();
