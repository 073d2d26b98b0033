import type { Instance, LaunchedInstance } from '../ec2/cloud.ts';
import type { Emit } from '../events/event.ts';
import { followJournal, machineUnits } from '../pipeline/journal/follow-journal.ts';
import type { NodeContext } from '../pipeline/node-context.ts';
import { type Journey, type PipelineOutcome, runPipeline } from '../pipeline/pipeline.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import type { MachineRecord } from './machine-record.ts';
import { isAlive } from './plan.ts';
import { describeEnd, isReclaim } from './state-reason.ts';

/** What became of a node, as far as exit statuses and summaries are concerned. */
export type NodeStanding = 'working' | 'ready' | 'failed' | 'interrupted' | 'terminated';

/** Lines of the past that are shown of a node that is attached to. */
const backlog = 20;

/** One node for as long as the program runs: its machine, its runs, its log. */
export class NodeSession {
  readonly context: NodeContext;
  readonly machine: MachineRecord;
  readonly #emit: Emit;
  readonly #clock: () => number;
  readonly #followServices: readonly string[] | undefined;
  #attempt = 0;
  #run: { readonly abort: AbortController; readonly done: Promise<unknown> } | undefined;
  #follow: { readonly connection: NodeConnection; readonly abort: AbortController } | undefined;
  #standing: NodeStanding = 'working';

  /**
   * @param options.followServices Units whose journal is reported, beside the machine's own; absent
   * means that no journal is followed.
   */
  constructor(
    context: NodeContext,
    machine: MachineRecord,
    options: {
      readonly emit: Emit;
      readonly clock: () => number;
      readonly followServices?: readonly string[];
    },
  ) {
    this.context = context;
    this.machine = machine;
    this.#emit = options.emit;
    this.#clock = options.clock;
    this.#followServices = options.followServices;
  }

  get name(): string {
    return this.context.name;
  }

  get standing(): NodeStanding {
    return this.#standing;
  }

  get isWorking(): boolean {
    return this.#run !== undefined;
  }

  /** Whether somebody waits for its machine to come or go. */
  get awaitsMachine(): boolean {
    const state = this.machine.instance?.state;
    return this.#standing === 'terminated'
      ? state !== 'terminated'
      : this.isWorking && state !== 'running';
  }

  /** Resolves once nothing is being done to the node. */
  async idle(): Promise<void> {
    while (this.#run !== undefined) await this.#run.done;
  }

  /** Starts a run, unless one is under way or the machine is gone. Returns whether it did. */
  start(journey: Journey): boolean {
    if (this.#run !== undefined) return false;
    const abort = new AbortController();
    this.#attempt += 1;
    this.#standing = 'working';
    const done = runPipeline(this.context, {
      journey,
      attempt: this.#attempt,
      signal: abort.signal,
      onConnected: (connection) => this.#followLog(connection),
    }).then((outcome) => {
      this.#run = undefined;
      this.#settle(outcome);
    });
    this.#run = { abort, done };
    return true;
  }

  /** EC2 answered the launch with this instance. */
  launched(instance: LaunchedInstance): void {
    this.machine.settleLaunch(instance);
    this.#emit({
      event: 'instance',
      time: this.#clock(),
      node: this.name,
      instanceId: instance.instanceId,
      region: this.context.region,
      ...(instance.zone === undefined ? {} : { zone: instance.zone }),
      instanceType: instance.instanceType,
    });
  }

  /** EC2 described the node's instance. */
  observed(instance: Instance, sshPort: number): void {
    const before = this.machine.instance;
    this.machine.update(instance);
    if (before === undefined || factsOf(before) !== factsOf(instance)) {
      this.#emit({
        event: 'instance',
        time: this.#clock(),
        node: this.name,
        instanceId: instance.instanceId,
        region: instance.region,
        zone: instance.zone,
        instanceType: instance.instanceType,
        imageId: instance.imageId,
        ...(instance.address === undefined ? {} : { address: instance.address, sshPort }),
        launchedAt: instance.launchedAt,
      });
    }
    if (!isAlive(instance)) this.#gone(instance);
  }

  /** Somebody here asked for the end of the machine. */
  terminating(reason: string): void {
    this.#stop();
    this.#standing = 'terminated';
    this.#emit({
      event: 'phase',
      time: this.#clock(),
      node: this.name,
      phase: 'terminating',
      reason,
    });
  }

  /** Ends all work on the node without touching its machine. */
  close(): void {
    this.#stop();
    this.machine.close();
  }

  #stop(): void {
    this.#run?.abort.abort();
    this.#follow?.abort.abort();
    this.#follow = undefined;
  }

  #gone(instance: Instance): void {
    const reason = describeEnd(instance);
    const reclaimed = isReclaim(instance);
    const standing = reclaimed ? 'interrupted' : 'terminated';
    const phase = reclaimed
      ? 'interrupted'
      : instance.state === 'terminated'
        ? 'terminated'
        : 'terminating';
    const known = `${instance.instanceId} ${phase}`;
    if (this.#reportedGone === known) return;
    if (this.#standing === 'terminated' && phase === 'terminating') return;
    this.#reportedGone = known;
    this.#stop();
    this.#standing = standing;
    this.#emit({ event: 'phase', time: this.#clock(), node: this.name, phase, reason });
    if (instance.state === 'terminated') this.machine.close();
  }

  #reportedGone: string | undefined;

  #settle(outcome: PipelineOutcome): void {
    if (outcome === 'ready' || outcome === 'failed') this.#standing = outcome;
  }

  #followLog(connection: NodeConnection): void {
    if (this.#followServices === undefined || this.#follow?.connection === connection) return;
    this.#follow?.abort.abort();
    const abort = new AbortController();
    this.#follow = { connection, abort };
    followJournal(
      connection,
      { units: [...machineUnits, ...this.#followServices], lines: backlog },
      this.context.report,
      abort.signal,
    ).catch((error: unknown) => {
      if (abort.signal.aborted) return;
      const why = error instanceof Error ? error.message : String(error);
      this.context.report.log(`the log of the node can't be followed: ${why}`);
    });
  }
}

const factsOf = ({ instanceId, zone, instanceType, imageId, address, tags }: Instance): string =>
  JSON.stringify([instanceId, zone, instanceType, imageId, address, tags['spot-tui:ssh-port']]);
