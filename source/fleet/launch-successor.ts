import {
  type Instance,
  type LaunchAnswer,
  type LaunchedInstance,
  type LaunchRefusal,
  type Lifecycle,
  type RegionCloud,
  tagNames,
} from '../ec2/cloud.ts';
import { refusalError } from '../ec2/launch.ts';
import { PhaseFailure } from '../pipeline/phase-failure.ts';
import { mayBeDearer } from './launch-region.ts';
import { nodeIndex, nodeName } from './node-names.ts';
import type { Notices } from './notices.ts';
import { onDemandHint } from './on-demand-hint.ts';
import { isAlive, type PlannedNode } from './plan.ts';
import {
  bySuccession,
  hasReplacementsLeft,
  replacementLimit,
  successionOf,
  successorOf,
} from './successor.ts';

/** What takes the place of an instance that EC2 takes back. */
export type Successor =
  /** Launched here, just now. */
  | { readonly type: 'launched'; readonly node: PlannedNode; readonly machine: LaunchedInstance }
  /** Somebody else who saw the interruption has launched it. */
  | { readonly type: 'found'; readonly node: PlannedNode; readonly instance: Instance };

export type SuccessorRequest = {
  readonly cloud: RegionCloud;
  /** The instance that EC2 takes. */
  readonly old: Pick<Instance, 'instanceId' | 'instanceType' | 'zone'>;
  /** Names that must not be given away, beyond those of living instances. */
  readonly taken: () => ReadonlySet<string>;
  readonly userData: string;
  /** The tag that says how long it may live; empty for ever. */
  readonly expiry: Readonly<Record<string, string>>;
  /** Whether it is launched on demand where no spot pool has an instance. */
  readonly onDemand: boolean;
  readonly notices: Notices;
  /** Called as soon as EC2 has answered, before the instance gets its name. */
  readonly onLaunched: (node: PlannedNode, machine: LaunchedInstance) => void;
};

/**
 * Gets one instance in the place of one that EC2 takes back, in another pool where there is one.
 * However many processes ask, and however often, it is the same: whose successor an instance is is
 * looked up before each launch, it is the launch's identity, and a launch that somebody else was
 * faster with launches nothing.
 *
 * @throws PhaseFailure when it was replaced too often of late or EC2 has no instance, and Ec2Error.
 */
export const launchSuccessor = async (
  request: SuccessorRequest,
  signal: AbortSignal,
): Promise<Successor> => {
  const { cloud, notices, old, onDemand, onLaunched, taken, userData } = request;
  const { region } = cloud;
  const refusals: LaunchRefusal[] = [];
  const asked = new Set<Lifecycle>();
  let lifecycle: Lifecycle = 'spot';
  await cloud.prepare({ userData }, signal);
  for (;;) {
    const instances = await cloud.settle(signal);
    const there = successorOf(old.instanceId, bySuccession(instances));
    if (there !== undefined) return find(request, there, instances, signal);
    if (!hasReplacementsLeft(old.instanceId, instances)) throw tooOften;
    const answer = await cloud.launch(
      {
        count: 1,
        lifecycle,
        userData,
        identity: successionOf(old.instanceId),
        avoid: [{ instanceType: old.instanceType, zone: old.zone }],
      },
      signal,
    );
    const [machine] = answer.instances;
    if (machine !== undefined) {
      const node = freeNode(region, instances, taken());
      onLaunched(node, machine);
      await writeName(request, node, machine, signal);
      await cloud.concludeLaunch(answer, signal);
      return { type: 'launched', node, machine };
    }
    await cloud.concludeLaunch(answer, signal);
    refusals.push(...answer.refusals);
    if (answer.isOvertaken) continue;
    const next = whatNext(lifecycle, answer, asked.has(lifecycle), onDemand);
    asked.add(lifecycle);
    if (next === undefined) throw failureOf(request, refusals);
    if (next !== lifecycle) {
      notices.say(
        'warning',
        `no spot capacity in place of ${old.instanceId}: launching on demand`,
        {
          region,
          hint: '`on_demand_fallback: false` in the configuration prevents that.',
          topic: 'capacity',
        },
      );
    }
    lifecycle = next;
  }
};

/** Whoever launched it may have died before it had its name. */
const find = async (
  request: SuccessorRequest,
  instance: Instance,
  instances: readonly Instance[],
  signal: AbortSignal,
): Promise<Successor> => {
  const { region } = request.cloud;
  const name = instance.tags[tagNames.node];
  if (name !== undefined) {
    return { type: 'found', node: { name, region, index: nodeIndex(name) }, instance };
  }
  const node = freeNode(region, instances, request.taken());
  await writeName(request, node, instance, signal);
  return { type: 'found', node, instance };
};

/** The smallest free name; that of the old instance is free only once it is gone. */
const freeNode = (
  region: string,
  instances: readonly Instance[],
  taken: ReadonlySet<string>,
): PlannedNode => {
  const used = new Set(taken);
  for (const instance of instances) {
    const name = instance.tags[tagNames.node];
    if (name !== undefined && isAlive(instance)) used.add(name);
  }
  let index = 1;
  while (used.has(nodeName(region, index))) index += 1;
  return { name: nodeName(region, index), region, index };
};

/** Tags that could not be written are no reason to fail: whoever attaches next adopts the node. */
const writeName = async (
  { cloud, expiry, notices }: SuccessorRequest,
  { name }: PlannedNode,
  { instanceId }: LaunchedInstance,
  signal: AbortSignal,
): Promise<void> => {
  try {
    await cloud.tag(new Map([[instanceId, { [tagNames.node]: name, ...expiry }]]), signal);
  } catch (error) {
    signal.throwIfAborted();
    notices.error(error);
  }
};

/** What to ask for after an answer without an instance. */
const whatNext = (
  lifecycle: Lifecycle,
  { hasMorePools, refusals }: LaunchAnswer,
  isSecond: boolean,
  onDemand: boolean,
): Lifecycle | undefined => {
  if (!isSecond && hasMorePools) return lifecycle;
  return lifecycle === 'spot' && onDemand && mayBeDearer(refusals) ? 'on-demand' : undefined;
};

const tooOften = new PhaseFailure(
  `EC2 has taken back ${replacementLimit} replacements of it within an hour: it gets no other one`,
  'Add instance types or regions to the configuration, then run `spot-tui create`.',
  [],
  'interrupted',
);

const failureOf = (
  { cloud: { region }, onDemand }: Pick<SuccessorRequest, 'cloud' | 'onDemand'>,
  refusals: readonly LaunchRefusal[],
): PhaseFailure => {
  const errors = refusals.map((refusal) => refusalError({ region }, refusal));
  const error = errors.find(({ kind }) => kind === 'capacity') ?? errors[0];
  return new PhaseFailure(
    error?.message ?? `${region}: EC2 launched nothing in its place and gave no reason`,
    onDemand
      ? (error?.hint ?? '`spot-tui create` fills what is missing.')
      : onDemandHint(error, refusals),
    errors.map(({ message }) => message),
    error?.topic ?? 'capacity',
  );
};
