import { monotonicMicroseconds } from './monotonic.ts';
import type { Unit } from './unit.ts';

export type ActiveState =
  | 'inactive'
  | 'activating'
  | 'active'
  | 'reloading'
  | 'deactivating'
  | 'failed';

/** Why a service is in the state that it is in (`Result=` of systemctl(1) `show`). */
export type ServiceResult =
  | 'success'
  | 'exit-code'
  | 'signal'
  | 'timeout'
  | 'resources'
  | 'start-limit-hit'
  | 'exec-condition';

/** A moment, by both clocks; zero when it never came. In microseconds. */
export type Moment = { readonly realtime: number; readonly monotonic: number };

const never: Moment = { realtime: 0, monotonic: 0 };

/** How a service's main process ended, as waitid(2) has it. */
export type MainEnd = {
  /** `CLD_EXITED` is 1, `CLD_KILLED` is 2; 0 while nothing has ended. */
  readonly code: 0 | 1 | 2;
  /** Exit status, or number of the signal. */
  readonly status: number;
};

/** What a unit is doing. */
export class UnitRuntime {
  unit: Unit;
  activeState: ActiveState = 'inactive';
  subState = 'dead';
  result: ServiceResult = 'success';
  /** Times it was started again by itself since somebody started it. */
  restarts = 0;
  invocationId = '';
  mainEnd: MainEnd = { code: 0, status: 0 };
  mainPid: () => number = () => 0;
  /** False when a condition kept it from starting, last time. */
  conditionMet = true;
  stateChange: Moment = never;
  activeEnter: Moment = never;
  activeExit: Moment = never;
  inactiveEnter: Moment = never;
  inactiveExit: Moment = never;
  execMainStart: Moment = never;
  execMainExit: Moment = never;
  /** Whether the next start is one that nobody asked for. */
  startsByItself = false;
  /** Starts within the start limit's interval; milliseconds. */
  starts: number[] = [];
  readonly #listeners = new Set<() => void>();

  constructor(unit: Unit) {
    this.unit = unit;
  }

  get isActive(): boolean {
    return this.activeState === 'active' || this.activeState === 'reloading';
  }

  enter(activeState: ActiveState, subState: string): void {
    const now = currentMoment();
    const was = this.activeState;
    const isUp = (state: ActiveState): boolean => state === 'active' || state === 'reloading';
    const isDown = (state: ActiveState): boolean => state === 'inactive' || state === 'failed';
    this.activeState = activeState;
    this.subState = subState;
    this.stateChange = now;
    if (isUp(activeState) && !isUp(was)) this.activeEnter = now;
    if (!isUp(activeState) && isUp(was)) this.activeExit = now;
    if (isDown(activeState) && !isDown(was)) this.inactiveEnter = now;
    if (!isDown(activeState) && isDown(was)) this.inactiveExit = now;
    for (const listener of this.#listeners) listener();
  }

  /** Calls at every change of state; the answer ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}

export const currentMoment = (): Moment => ({
  realtime: Date.now() * 1000,
  monotonic: monotonicMicroseconds(),
});
