import type { Instance, LaunchAnswer, LaunchRequest, OpenLaunch } from './cloud.ts';
import { describeInstances } from './describe.ts';
import { Ec2Error, isPassing } from './errors.ts';
import { fleetTags, launchedWith } from './fleet-request.ts';
import {
  type FleetAnswer,
  isShortage,
  type LaunchGround,
  launchFleet,
  notVisibleYet,
  refusalError,
} from './launch.ts';
import { identityOf, intentDetail, type LaunchIntent, recordedIntent } from './launch-intent.ts';
import { isRecent, type LaunchRecord, readRecord, writeRecord } from './launch-record.ts';
import { isEnding, isListed, isNamed, isWhole, untilListed } from './listing.ts';
import { persist } from './persist.ts';
import { poolsToAsk } from './pools-to-ask.ts';
import type { Recent } from './recent.ts';
import { RefusedPools } from './refused-pools.ts';
import type { RegionScope } from './scope.ts';

export type LaunchesOptions = {
  readonly scope: RegionScope;
  readonly recent: Recent;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
};

/**
 * Instances of one `CreateFleet`. EC2 would take more, but its answer comes only when all are
 * launched, and a connection must hold as long.
 */
const maximumPerCall = 500;

/**
 * The launches of a deployment in a region: a row of numbers that all processes share. The methods
 * are those of `RegionCloud`.
 *
 * A number's client token makes sure that it is launched once, by whoever asks first: nothing that
 * is read here decides about that. The record on the launch template says how far the row has come
 * and what was asked for last, so that a process that dies between the question and the use of the
 * answer leaves what the next one needs to ask the same again.
 *
 * The row goes on only where the answer to its last number is known: used by whoever got it, listed
 * by EC2, or waited for as long as EC2's lists may lag.
 */
export class Launches {
  readonly #scope: RegionScope;
  readonly #recent: Recent;
  readonly #clock: () => number;
  readonly #refused = new RefusedPools(() => performance.now());
  /** Instances that launches of this process brought, by number. */
  readonly #answered = new Map<string, number>();
  #latest: { readonly record: LaunchRecord | undefined } | undefined;
  /** Instances that ended, as they were listed before the launch. */
  #gone: ReadonlySet<string> = new Set();

  constructor({ clock, recent, scope }: LaunchesOptions) {
    this.#scope = scope;
    this.#recent = recent;
    this.#clock = clock;
  }

  async openLaunch(signal: AbortSignal): Promise<OpenLaunch | undefined> {
    const record = await readRecord(this.#scope, signal);
    if (record?.state !== 'open' || !isRecent(record, this.#clock())) return undefined;
    const { generation, count, since } = record;
    return { generation, count, since };
  }

  async settle(
    signal: AbortSignal,
    { awaitOpen = false }: { readonly awaitOpen?: boolean } = {},
  ): Promise<Instance[]> {
    const listed = await untilListed(this.#scope, this.#recent, signal, (record, instances) => {
      this.#latest = { record };
      if (record === undefined || this.#isOver(record)) return true;
      switch (record.state) {
        case 'done':
          return isListed(record, instances);
        case 'open':
          return !awaitOpen || isWhole(record, instances);
        case 'refused':
          return true;
        default:
          return record.state satisfies never;
      }
    });
    this.#gone = idsOfEnding(listed);
    return listed;
  }

  /** Tries again what EC2 does not see yet: the first launch follows right after its ground. */
  launch(ground: LaunchGround, request: LaunchRequest, signal: AbortSignal): Promise<LaunchAnswer> {
    const patience = this.#scope.patience.visibility;
    return persist(this.#scope, { codes: notVisibleYet, patience, signal }, () =>
      this.#launch(ground, request, signal),
    );
  }

  async concludeLaunch(answer: LaunchAnswer, signal: AbortSignal): Promise<void> {
    const record = this.#latest?.record;
    if (answer.isOvertaken || record?.generation !== answer.generation) return;
    const count = this.#answered.get(keyOf(record));
    // A number that EC2 refused may have been given to somebody else.
    if (count !== undefined) await this.#close(record, count, signal);
  }

  async #launch(
    ground: LaunchGround,
    request: LaunchRequest,
    signal: AbortSignal,
  ): Promise<LaunchAnswer> {
    if (this.#latest === undefined) await this.settle(signal);
    const latest = this.#latest?.record;
    const isNext = latest === undefined || latest.state === 'done' || this.#isOver(latest);
    const generation = isNext ? (latest?.generation ?? 0) + 1 : latest.generation;
    const current = await readRecord(this.#scope, signal);
    if (current !== undefined && isBeyond(current, generation)) return overtaken(generation);
    const intent = this.#intentOf(ground, request, isNext ? undefined : latest);
    const record: LaunchRecord = {
      templateId: ground.template.templateId,
      generation,
      state: 'open',
      count: intent.count,
      since: this.#clock(),
      detail: intentDetail(ground, intent),
    };
    await writeRecord(this.#scope, record, signal);
    this.#latest = { record };
    const options = { ...intent, template: ground.template, generation };
    try {
      const answer = await launchFleet(this.#scope, options, signal);
      this.#answered.set(keyOf(record), answer.instances.length);
      this.#recent.launched(answer.instances, fleetTags(this.#scope, options));
      this.#remember(intent, answer);
      await this.#throwRefusal(record, answer, signal);
      const gone = isNext ? this.#gone : await this.#findGone(signal);
      const instances = answer.instances.filter(({ instanceId }) => !gone.has(instanceId));
      return {
        ...this.#told(ground, record, intent, { ...answer, instances }),
        isFull: answer.instances.length >= intent.count,
      };
    } catch (error) {
      if (!(error instanceof Ec2Error)) throw error;
      if (/^Idempotent/.test(error.code ?? '')) {
        await this.#awaitOther(record, signal);
        return overtaken(generation);
      }
      // What was not answered may have been done.
      const isAnswer = !isPassing(error) && error.kind !== 'unexpected';
      if (!isAnswer || this.#answered.has(keyOf(record))) throw error;
      await this.#note({ ...record, state: 'refused' }, signal);
      if (!isShortage(error)) throw error;
      const { code = 'Unknown', message } = error;
      const answer = { instances: [], refusals: [{ code, message, lifecycle: intent.lifecycle }] };
      this.#remember(intent, answer);
      return this.#told(ground, record, intent, answer);
    }
  }

  #told(
    ground: LaunchGround,
    { generation }: LaunchRecord,
    { lifecycle }: LaunchIntent,
    answer: FleetAnswer,
  ): LaunchAnswer {
    const hasMorePools = ground.pools.some((pool) => !this.#refused.has(lifecycle, pool));
    return { generation, ...answer, isOvertaken: false, isFull: false, hasMorePools };
  }

  /** What was asked for before under the number, where it is wanted still; else what is wanted. */
  #intentOf(
    ground: LaunchGround,
    request: LaunchRequest,
    latest: LaunchRecord | undefined,
  ): LaunchIntent {
    const before = latest?.state === 'open' ? recordedIntent(ground, latest) : undefined;
    if (
      before !== undefined &&
      before.count <= request.count &&
      before.identity === identityOf(request, before.count)
    ) {
      return before;
    }
    const { avoid = [], lifecycle = 'spot' } = request;
    const count = Math.min(request.count, maximumPerCall);
    return {
      count,
      lifecycle,
      pools: poolsToAsk(ground.pools, { lifecycle, avoid, refused: this.#refused }),
      identity: identityOf(request, count),
    };
  }

  #remember({ lifecycle, pools }: LaunchIntent, { refusals }: FleetAnswer): void {
    for (const { instanceType, zone } of refusals) {
      const refusing = pools.filter(
        (pool) =>
          (instanceType === undefined || pool.instanceType === instanceType) &&
          (zone === undefined || pool.zone === zone),
      );
      for (const pool of refusing) this.#refused.add(lifecycle, pool);
    }
  }

  /** Nothing came, and not because there was nothing: the number is used up for it. */
  async #throwRefusal(
    record: LaunchRecord,
    { instances, refusals }: FleetAnswer,
    signal: AbortSignal,
  ): Promise<void> {
    const errors = refusals.map((refusal) => refusalError(this.#scope, refusal));
    const [error] = errors;
    if (error === undefined || instances.length > 0 || errors.some(isShortage)) return;
    await this.#close(record, 0, signal);
    throw error;
  }

  /**
   * EC2 gives the same answer again, also when its instances have been terminated since. A number may
   * have been used though it looks new: what shows how far the row has come lags behind, too.
   */
  async #findGone(signal: AbortSignal): Promise<ReadonlySet<string>> {
    return idsOfEnding(await describeInstances(this.#scope, signal));
  }

  /**
   * Waits until what another process launched under the number is listed and has its names, so that
   * it is known for whom it is.
   */
  async #awaitOther(own: LaunchRecord, signal: AbortSignal): Promise<void> {
    const instances = await untilListed(this.#scope, this.#recent, signal, (record, listed) => {
      if (record === undefined || !isBeyond(record, own.generation)) {
        return isWhole(own, listed) && isNamed(own, listed);
      }
      this.#latest = { record };
      return record.generation > own.generation || isListed(record, listed);
    });
    if (this.#latest?.record !== own) return;
    await this.#close(own, launchedWith(own, instances).length, signal);
  }

  /** Whether the launch needs no looking after: its answer came here, or all is listed by now. */
  #isOver(record: LaunchRecord): boolean {
    return this.#answered.has(keyOf(record)) || !isRecent(record, this.#clock());
  }

  #close(record: LaunchRecord, count: number, signal: AbortSignal): Promise<void> {
    const { generation, templateId } = record;
    const since = this.#clock();
    return this.#note({ templateId, generation, state: 'done', count, since, detail: '' }, signal);
  }

  /** Instances may run already: a note that can't be written is no reason to lose them. */
  async #note(record: LaunchRecord, signal: AbortSignal): Promise<void> {
    this.#latest = { record };
    try {
      await writeRecord(this.#scope, record, signal);
    } catch (error) {
      if (!(error instanceof Ec2Error)) throw error;
      this.#scope.onTrouble(error);
    }
  }
}

/** Whether the number has been launched, and its answer used, or a later one begun. */
const isBeyond = (record: LaunchRecord, generation: number): boolean =>
  record.generation > generation || (record.generation === generation && record.state === 'done');

const overtaken = (generation: number): LaunchAnswer => ({
  generation,
  instances: [],
  refusals: [],
  isOvertaken: true,
  isFull: false,
  hasMorePools: true,
});

const idsOfEnding = (instances: readonly Instance[]): ReadonlySet<string> =>
  new Set(instances.filter(isEnding).map(({ instanceId }) => instanceId));

const keyOf = ({ generation, templateId }: LaunchRecord): string => `${templateId} ${generation}`;
