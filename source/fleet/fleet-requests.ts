import type { Config } from '../config/config.ts';
import type { Instance, RegionCloud } from '../ec2/cloud.ts';
import { consoleLink } from '../ec2/console-link.ts';
import type { ActionName } from '../events/event.ts';
import { PhaseFailure, toPhaseFailure } from '../pipeline/phase-failure.ts';
import type { UserData } from '../pipeline/user-data.ts';
import { type Action, ActionLog, type ActionLogOptions, type NodeResult } from './action-log.ts';
import type { FleetActions, LogRequest, Rollout, SeenInstances, SshCommand } from './actions.ts';
import type { BackgroundWork } from './background-work.ts';
import { doctorNode } from './doctor-node.ts';
import { onEachNode } from './each-node.ts';
import { execForAction } from './exec-for-action.ts';
import type { FleetMachines } from './fleet-machines.ts';
import type { FleetSessions } from './fleet-sessions.ts';
import { launchMore } from './launch-more.ts';
import { followNodeLogs } from './node-logs.ts';
import { reachNode } from './node-reach.ts';
import type { RunEnd, RunRequest } from './node-run.ts';
import type { NodeSession } from './node-session.ts';
import type { Notices } from './notices.ts';
import { withoutOtherMachines } from './other-machine.ts';
import type { PayloadSource } from './payload-source.ts';
import { replaceInterrupted } from './replace-interrupted.ts';
import { replaceNodes } from './replace-nodes.ts';
import { reviveNodes } from './revive-nodes.ts';
import { describeRollout, rollOut } from './rollout.ts';
import { runOnNode } from './run-on-node.ts';
import { terminateNodes } from './terminate-nodes.ts';

export type FleetRequestsOptions = ActionLogOptions & {
  readonly config: Config;
  readonly clouds: readonly RegionCloud[];
  readonly sessions: FleetSessions;
  readonly machines: FleetMachines;
  readonly files: PayloadSource;
  readonly buildUserData: () => Promise<UserData>;
  readonly background: BackgroundWork;
  readonly sshCommand: (instance: Instance) => SshCommand;
  readonly notices: Notices;
  /** Whether the machines have a page in AWS' console. */
  readonly hasConsole: boolean;
};

/** Nodes on which commands run, or that are examined, at a time. */
const commandsAtOnce = 64;

/** Carries out what people ask for, and tells as events what comes of it. */
export class FleetRequests implements FleetActions {
  readonly #options: FleetRequestsOptions;
  readonly #log: ActionLog;
  readonly #replacing = new Set<Promise<void>>();

  constructor(options: FleetRequestsOptions) {
    this.#options = options;
    this.#log = new ActionLog(options);
  }

  configure(nodes: readonly string[]): number {
    return this.#do('configure', nodes, (action, sessions) =>
      onEachNode(action, sessions, sessions.length, (session) =>
        this.#run(action, session, (request) => session.start('configure', request)),
      ),
    );
  }

  push(nodes: readonly string[], rollout?: Rollout): number {
    const detail = rollout === undefined ? undefined : describeRollout(rollout);
    const everywhere = { canary: 0, batchSize: nodes.length, maxFailures: nodes.length };
    return this.#do(
      'push',
      nodes,
      async (action, sessions) => {
        // All nodes get the same files, however long it takes.
        const payload = await this.#options.files.refresh(action.signal);
        await rollOut(action, sessions, rollout ?? everywhere, (session) =>
          this.#run(action, session, (request) => session.start('push', { ...request, payload })),
        );
      },
      { detail },
    );
  }

  retry(nodes: readonly string[]): number {
    return this.#do('retry', nodes, async (action, sessions) => {
      await this.#options.files.refresh(action.signal);
      await reviveNodes(action, sessions, this.#launching());
    });
  }

  doctor(nodes: readonly string[]): number {
    return this.#do('doctor', nodes, (action, sessions) =>
      onEachNode(action, sessions, commandsAtOnce, (session) => doctorNode(action, session)),
    );
  }

  /** @param onLine Hears every line of a node's output, also those that the events leave out. */
  exec(
    nodes: readonly string[],
    command: string,
    onLine?: (node: string, line: string) => void,
  ): number {
    const { config } = this.#options;
    const work = (action: Action, session: NodeSession): Promise<NodeResult> =>
      execForAction(action, session, { config, command, onLine });
    return this.#do(
      'exec',
      nodes,
      (action, sessions) =>
        onEachNode(action, sessions, commandsAtOnce, (session) => work(action, session)),
      { detail: command },
    );
  }

  terminate(nodes: readonly string[], confirmed?: SeenInstances): number {
    return this.#do(
      'terminate',
      nodes,
      (action, sessions, signal) => {
        const meant = withoutOtherMachines(action, sessions, confirmed);
        return terminateNodes(action, meant, this.#options.machines, signal);
      },
      { toFinish: true },
    );
  }

  replace(nodes: readonly string[], confirmed?: SeenInstances): number {
    return this.#do(
      'replace',
      nodes,
      async (action, sessions, signal) => {
        await this.#options.files.refresh(action.signal);
        const options = { ...this.#launching(), confirmed };
        await replaceNodes(action, sessions, options, signal);
      },
      { toFinish: true },
    );
  }

  /** Has another node take the place of one that EC2 takes back. */
  replaceInterrupted(taken: NodeSession): void {
    const { name } = taken;
    // Soon the node may have another one.
    const old = taken.machine.instance;
    if (old === undefined) return;
    const detail = `EC2 takes ${old.instanceId} back`;
    const action = this.#log.begin('replace', [name], detail, 'spot-tui');
    this.#carryOut(
      action,
      async (signal) => {
        try {
          await this.#options.files.refresh(action.signal);
          if (action.signal.aborted) return;
          await replaceInterrupted(action, { taken, old }, this.#options, signal);
        } catch (error) {
          const { hint, reason, topic } = toPhaseFailure(error);
          throw new PhaseFailure(`${name} was not replaced: ${reason}`, hint, [], topic);
        }
      },
      true,
    );
    const over = action.over.finally(() => this.#replacing.delete(over));
    this.#replacing.add(over);
  }

  /** Resolves once no node is being replaced because EC2 takes it; false if there was none. */
  async replaced(): Promise<boolean> {
    const under = [...this.#replacing];
    await Promise.all(under);
    return under.length > 0;
  }

  launch(count: number, region?: string): number {
    const action = this.#log.prepare(
      'launch',
      `${count} more${region === undefined ? '' : ` in ${region}`}`,
    );
    this.#carryOut(action, async (signal) => {
      await this.#options.files.refresh(action.signal);
      await launchMore(action, { ...this.#options, ...this.#launching(), count, region }, signal);
    });
    return action.id;
  }

  cancel(id: number): void {
    this.#log.cancel(id);
  }

  followLogs(request: LogRequest, signal: AbortSignal): Promise<void> {
    const { clock, config, sessions } = this.#options;
    const nodes = sessions.named(request.nodes);
    const reach = (session: NodeSession, until: AbortSignal) => reachNode(session, config, until);
    return followNodeLogs(request, { nodes, reach, clock }, signal);
  }

  sshCommand(node: string): SshCommand | undefined {
    const instance = this.#options.sessions.named([node])[0]?.machine.instance;
    return instance?.address === undefined ? undefined : this.#options.sshCommand(instance);
  }

  consoleLink(node: string): string | undefined {
    const [session] = this.#options.sessions.named([node]);
    const instanceId = session?.machine.instanceId;
    if (session === undefined || instanceId === undefined) return undefined;
    return this.#options.hasConsole ? consoleLink(session.region, instanceId) : undefined;
  }

  /** Resolves once an action is over. */
  over(id: number): Promise<void> {
    return this.#log.over(id);
  }

  /** Ends what is under way, because the program ends. */
  close(): void {
    this.#log.close();
  }

  #do(
    name: ActionName,
    nodes: readonly string[],
    work: (action: Action, sessions: readonly NodeSession[], signal: AbortSignal) => Promise<void>,
    { detail, toFinish }: { readonly detail?: string | undefined; readonly toFinish?: true } = {},
  ): number {
    const { sessions } = this.#options;
    const action = this.#log.begin(name, nodes, detail);
    const known = sessions.named(action.nodes);
    const names = new Set(known.map((session) => session.name));
    for (const node of action.nodes) if (!names.has(node)) action.settle(node, unknown);
    this.#carryOut(action, (signal) => work(action, known, signal), toFinish);
    return action.id;
  }

  #carryOut(action: Action, work: (signal: AbortSignal) => Promise<void>, toFinish?: true): void {
    const { background } = this.#options;
    const carryOut = (signal: AbortSignal) => action.carryOut(() => work(signal));
    if (toFinish) background.startToFinish(carryOut);
    else background.start(carryOut);
  }

  #run(
    action: Action,
    session: NodeSession,
    start: (request: RunRequest) => Promise<RunEnd>,
  ): Promise<NodeResult> {
    return runOnNode(action, session, { clock: this.#options.clock, start });
  }

  #launching() {
    const { buildUserData, clock, machines } = this.#options;
    return { buildUserData, clock, machines };
  }
}

const unknown: NodeResult = { status: 'skipped', detail: 'no such node is known here' };
