import type { FleetStore } from '../../fleet/store.ts';
import { printable } from '../text.ts';
import type { TerminalFeatures } from './features.ts';
import type { TerminalLease } from './lease.ts';
import { sequences } from './sequences.ts';
import {
  describeStanding,
  newsBetween,
  progressOf,
  type Standing,
  standingOf,
} from './standing.ts';

export type LeaseOptions = {
  readonly fleet: FleetStore;
  readonly features: TerminalFeatures;
  /** What the title begins with. */
  readonly program: string;
  /** Whether the fleet is told of in the title and taskbar, and by the bell. */
  readonly notifies: boolean;
  readonly write: (sequence: string) => void;
  /** Milliseconds between two looks at the fleet, at least. Default: a second. */
  readonly interval?: number;
};

/**
 * A lease that tells of the fleet to those who look elsewhere: in the window's title, by progress
 * in the taskbar, and by the bell when all work is done or the first node is in trouble. What
 * another program has the terminal for is not disturbed.
 */
export const createLease = (options: LeaseOptions): TerminalLease => {
  const { fleet, features, program, notifies, write, interval = 1000 } = options;
  let unsubscribe: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let told: Standing | undefined;
  let title = '';
  let progress = '';
  let hasSettled = false;

  const showTitle = (standing: Standing) => {
    if (!features.hasTitle) return;
    const text = [program, standing.deployment, describeStanding(standing)];
    const next = sequences.title(printable(text.filter((part) => part !== '').join(' '), 200));
    if (next !== title) write(next);
    title = next;
  };

  const showProgress = (standing: Standing) => {
    if (!features.hasProgress) return;
    const now = progressOf(standing);
    const next = now === undefined ? '' : sequences.progress(now.state, now.percent);
    if (next !== progress) write(next || sequences.noProgress);
    progress = next;
  };

  const call = (standing: Standing) => {
    const news = told === undefined ? undefined : newsBetween(told, standing);
    // How an attached fleet is found is no news.
    const isFound = fleet.getState().command === 'attach' && !hasSettled;
    if (news !== undefined && !isFound) {
      if (features.hasBell) write(sequences.bell);
      const text = printable(`${program} ${standing.deployment}: ${news}`, 200);
      if (features.hasNotification) write(sequences.notification(text));
    }
    hasSettled ||= standing.nodes > 0 && standing.working === 0;
  };

  const look = () => {
    timer = undefined;
    lookedAt = performance.now();
    const standing = standingOf(fleet.getState());
    showTitle(standing);
    showProgress(standing);
    call(standing);
    told = standing;
  };

  const onChange = () => {
    timer ??= setTimeout(look, Math.max(0, lookedAt + interval - performance.now()));
  };

  return {
    acquire() {
      if (unsubscribe !== undefined) return;
      if (features.hasAlternateScroll) write(sequences.startAlternateScroll);
      unsubscribe = notifies ? fleet.subscribe(onChange) : () => undefined;
      if (!notifies) return;
      if (features.hasTitle) write(sequences.pushTitle);
      look();
    },
    release() {
      if (unsubscribe === undefined) return;
      unsubscribe();
      unsubscribe = undefined;
      clearTimeout(timer);
      timer = undefined;
      // Whoever comes back sees how it stands.
      told = undefined;
      if (progress !== '') write(sequences.noProgress);
      progress = '';
      if (notifies && features.hasTitle) write(sequences.popTitle);
      title = '';
      if (features.hasAlternateScroll) write(sequences.endAlternateScroll);
    },
  };
};
