import type { ActionName, Emit } from '../events/event.ts';
import { toPhaseFailure } from '../pipeline/phase-failure.ts';
import { cleanText } from '../ssh/clean-text.ts';
import type { ActionResult } from './state.ts';

/** What has become of an action on one node. */
export type NodeResult = Omit<ActionResult, 'time' | 'status'> & {
  readonly status: Exclude<ActionResult['status'], 'running'>;
};

export type ActionLogOptions = {
  readonly emit: Emit;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
  /** Who asks for things: `user@machine`. */
  readonly by: string;
};

/** All that people ask of a fleet while the program runs: who, on which nodes, what came of it. */
export class ActionLog {
  readonly #options: ActionLogOptions;
  readonly #open = new Map<number, Action>();
  #count = 0;

  constructor(options: ActionLogOptions) {
    this.#options = options;
  }

  /**
   * Begins with an action on nodes that are known.
   *
   * @param by Who asks, where it is not who runs the program.
   */
  begin(name: ActionName, nodes: readonly string[], detail?: string, by?: string): Action {
    const action = this.prepare(name, undefined, by);
    action.start(nodes, detail);
    return action;
  }

  /** An action that has its number, and is not begun with: which nodes it is for is not known. */
  prepare(name: ActionName, detail?: string, by: string = this.#options.by): Action {
    this.#count += 1;
    const id = this.#count;
    const action = new Action(id, name, { ...this.#options, by }, detail);
    this.#open.set(id, action);
    void action.over.then(() => this.#open.delete(id));
    return action;
  }

  /** Ends an action, see `FleetActions.cancel`; one that is over is left alone. */
  cancel(id: number): void {
    this.#open.get(id)?.cancel('cancelled here');
  }

  /** Resolves once the action is over. */
  async over(id: number): Promise<void> {
    await this.#open.get(id)?.over;
  }

  /** Ends whatever is not over, because the program ends. */
  close(): void {
    for (const action of this.#open.values()) action.leave();
  }
}

/** One thing that was asked for: tells as events how far it is on each node. */
export class Action {
  readonly id: number;
  readonly name: ActionName;
  readonly #options: ActionLogOptions;
  readonly #results = new Map<string, NodeResult>();
  readonly #cancelling = new AbortController();
  readonly #over = Promise.withResolvers<void>();
  #nodes: readonly string[] | undefined;
  #detail: string | undefined;
  #failure: string | undefined;
  #whyCancelled = '';
  #isLeft = false;
  #isOver = false;

  constructor(id: number, name: ActionName, options: ActionLogOptions, detail?: string) {
    this.id = id;
    this.name = name;
    this.#options = options;
    this.#detail = detail === undefined ? undefined : cleanText(detail);
  }

  /** Aborts when the action is to end. */
  get signal(): AbortSignal {
    return this.#cancelling.signal;
  }

  /** Resolves once every node has its result. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** Those that it is for; none before it is started. */
  get nodes(): readonly string[] {
    return this.#nodes ?? [];
  }

  /** What has become of the nodes that are done. */
  get results(): ReadonlyMap<string, NodeResult> {
    return this.#results;
  }

  start(nodes: readonly string[], detail?: string): void {
    this.#nodes = [...new Set(nodes)];
    if (detail !== undefined) this.#detail = cleanText(detail);
    this.#tell('started');
    this.#finishIfDone();
  }

  /** Something is being done to the node. */
  running(node: string, detail: string): void {
    if (!this.#results.has(node)) this.#report(node, { status: 'running', detail });
  }

  /** The node is done with, whatever came of it; only the first result counts. */
  settle(node: string, result: NodeResult): void {
    if (this.#isOver || this.#results.has(node)) return;
    this.#results.set(node, result);
    this.#report(node, result);
    this.#finishIfDone();
  }

  /** Gives all nodes that have none yet a result. */
  settleRest(result: NodeResult): void {
    for (const node of this.#nodes ?? []) this.settle(node, result);
  }

  /** Whether it is to end because the program does, and not because somebody took it back. */
  get isLeft(): boolean {
    return this.#isLeft;
  }

  /** Ends it because the program ends. */
  leave(): void {
    this.#isLeft = !this.signal.aborted;
    this.cancel('the program was left');
  }

  cancel(reason: string): void {
    if (this.#isOver || this.signal.aborted) return;
    this.#whyCancelled = reason;
    this.#cancelling.abort(new Error(reason));
  }

  /**
   * Carries the action out. Whatever becomes of the work, every node has a result afterwards.
   *
   * @throws What the work throws, unless it was cancelled.
   */
  async carryOut(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.settleRest(this.signal.aborted ? this.cancelled('not begun') : notReached);
    } catch (error) {
      const result = this.failure(error);
      this.settleRest(result);
      if (this.#nodes === undefined && result.status === 'failed') this.#failure = result.detail;
      if (!this.signal.aborted) throw error;
    } finally {
      if (this.#nodes === undefined) this.start([]);
    }
  }

  /** The result of a node whose work ended with an error. */
  failure(error: unknown): NodeResult {
    if (this.signal.aborted) return this.cancelled();
    return { status: 'failed', detail: toPhaseFailure(error).reason };
  }

  /** The result of a node whose work was cancelled. */
  cancelled(more?: string): NodeResult {
    const detail = [this.#whyCancelled, ...(more === undefined ? [] : [more])].join(': ');
    return { status: 'cancelled', detail };
  }

  #report(node: string, result: Omit<ActionResult, 'time'>): void {
    const { clock, emit } = this.#options;
    const { id, name: action } = this;
    const detail = cleanText(result.detail);
    emit({ event: 'action-result', time: clock(), node, id, action, ...result, detail });
  }

  #finishIfDone(): void {
    if (this.#isOver || this.#nodes === undefined) return;
    if (this.#nodes.some((node) => !this.#results.has(node))) return;
    this.#isOver = true;
    const results = [...this.#results.values()];
    const wasCancelled =
      results.length === 0
        ? this.signal.aborted
        : results.some(({ status }) => status === 'cancelled');
    this.#tell(wasCancelled ? 'cancelled' : 'done');
    this.#over.resolve();
  }

  #tell(state: 'started' | 'done' | 'cancelled'): void {
    const { by, clock, emit } = this.#options;
    emit({
      event: 'action',
      time: clock(),
      id: this.id,
      action: this.name,
      state,
      nodes: this.#nodes ?? [],
      by,
      ...(this.#detail === undefined ? {} : { detail: this.#detail }),
      ...(this.#failure === undefined ? {} : { failure: cleanText(this.#failure) }),
    });
  }
}

const notReached: NodeResult = { status: 'skipped', detail: 'nothing was done' };
