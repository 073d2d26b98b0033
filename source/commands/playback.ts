import type { FleetEvent } from '../events/event.ts';
import type { PlaybackControls, PlaybackStatus } from '../fleet/playback-controls.ts';
import type { FleetStore } from '../fleet/store.ts';
import { playbackTimes } from './playback-times.ts';
import { createRecordedStates } from './recorded-states.ts';

/** Time as it passes for whoever watches; milliseconds. */
export type PlaybackClock = {
  now(): number;
  /** Calls back once after a time; returns how to stop that. */
  schedule(callback: () => void, delay: number): () => void;
};

export type PlaybackOptions = {
  readonly clock?: PlaybackClock;
  /** Milliseconds that a stretch in which nothing happened lasts at most when it is played. */
  readonly longestPause?: number;
};

/** A recording that is played: the fleet as it was at the moment that is shown. */
export type Playback = PlaybackControls & {
  readonly store: FleetStore;
  /** The events up to the moment that is shown. */
  readonly happened: () => readonly FleetEvent[];
  /** Stops for good. */
  close(): void;
};

const fastest = 64;

/** Milliseconds between two changes of what is shown. */
const frame = 40;

/** Milliseconds of watching within which going back means the change before. */
const grace = 1000;

const systemClock: PlaybackClock = {
  now: () => performance.now(),
  schedule: (callback, delay) => {
    const timer = setTimeout(callback, Math.max(0, delay));
    return () => clearTimeout(timer);
  },
};

/**
 * Plays recorded events from their beginning, at once and in the pace in which they happened.
 *
 * @param events At least one.
 */
export const createPlayback = (
  events: readonly FleetEvent[],
  { clock = systemClock, longestPause = 1000 }: PlaybackOptions = {},
): Playback => {
  const times = playbackTimes(events);
  const states = createRecordedStates(events);
  const changes = [
    ...new Set(
      events.flatMap(({ event }, index) => (event === 'phase' ? (times[index] ?? []) : [])),
    ),
  ];
  const start = times[0] ?? 0;
  const end = times.at(-1) ?? 0;
  const listeners = new Set<() => void>();
  let isPaused = false;
  let speed = 1;
  let stretch: Stretch = { from: start, to: start, begun: clock.now(), duration: 0 };
  let cancel: (() => void) | undefined;
  let state = states.at(countUntil(times, start));
  let status: PlaybackStatus = { state: 'playing', speed, start, end };

  const now = (): number => {
    const { begun, duration, from, to } = stretch;
    if (isPaused || duration === 0) return from;
    return from + (to - from) * Math.min(1, Math.max(0, (clock.now() - begun) / duration));
  };

  /** Shows a moment, and goes on from there. */
  const show = (moment: number, begun = clock.now()) => {
    cancel?.();
    cancel = undefined;
    const count = countUntil(times, moment);
    state = states.at(count);
    const isOver = moment >= end;
    stretch = { from: moment, to: moment, begun, duration: 0 };
    if (!isPaused && !isOver) {
      const gap = (times[count] ?? end) - moment;
      const soonest = frame * speed;
      stretch =
        gap <= soonest
          ? { from: moment, to: Math.min(end, moment + soonest), begun, duration: frame }
          : {
              from: moment,
              to: moment + gap,
              begun,
              duration: Math.min(gap / speed, longestPause),
            };
      cancel = clock.schedule(advance, begun + stretch.duration - clock.now());
    }
    const next = isPaused ? 'paused' : isOver ? 'ended' : 'playing';
    if (status.state !== next || status.speed !== speed) {
      status = { state: next, speed, start, end };
    }
    for (const listener of [...listeners]) listener();
  };

  const advance = () => {
    const due = stretch.begun + stretch.duration;
    // Where drawing takes longer than a frame, the recording waits for it.
    show(stretch.to, Math.max(due, clock.now() - frame));
  };

  const setSpeed = (next: number) => {
    const moment = now();
    speed = Math.min(fastest, Math.max(1, next));
    show(moment);
  };

  const seekTo = (time: number) => show(Math.min(end, Math.max(start, time)));

  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  };

  show(start);

  return {
    store: { getState: () => state, subscribe },
    happened: () => events.slice(0, countUntil(times, now())),
    subscribe,
    getStatus: () => status,
    now,
    togglePause: () => {
      const moment = now();
      const isOver = moment >= end;
      isPaused = !isPaused && !isOver;
      show(isOver ? start : moment);
    },
    faster: () => setSpeed(speed * 2),
    slower: () => setSpeed(speed / 2),
    seekBy: (milliseconds) => seekTo(now() + milliseconds),
    seekTo,
    nextChange: () => {
      const moment = now();
      seekTo(changes.find((time) => time > moment) ?? end);
    },
    previousChange: () => {
      const moment = now() - (isPaused ? 0 : grace * speed);
      seekTo(changes.findLast((time) => time < moment) ?? start);
    },
    close: () => {
      cancel?.();
      listeners.clear();
    },
  };
};

/** What is being played until the next time that something happens. */
type Stretch = {
  readonly from: number;
  readonly to: number;
  /** By the watcher's clock. */
  readonly begun: number;
  readonly duration: number;
};

/** How many events have happened at a moment. */
const countUntil = (times: Float64Array, moment: number): number => {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? Number.POSITIVE_INFINITY) <= moment) low = middle + 1;
    else high = middle;
  }
  return low;
};
