import { type Instance, tagNames } from '../ec2/cloud.ts';
import { expiryOf } from '../ec2/expiry.ts';
import type { Notices } from './notices.ts';
import { isAlive } from './plan.ts';

/** Milliseconds before its end in which a node's time is nearly over. */
const nearly = 600_000;

/** Says of a region's nodes that their time is nearly over: once, unless they get more. */
export class ExpiryWatch {
  readonly #region: string;
  readonly #notices: Pick<Notices, 'say'>;
  readonly #told = new Set<string>();

  constructor(region: string, notices: Pick<Notices, 'say'>) {
    this.#region = region;
    this.#notices = notices;
  }

  /** @param now Milliseconds since the Unix epoch. */
  observe(instances: readonly Instance[], now: number): void {
    const due = instances.flatMap((instance) => {
      const expiresAt = expiryOf(instance.tags);
      if (!isAlive(instance) || expiresAt === undefined || expiresAt - now > nearly) return [];
      const key = `${instance.instanceId} ${expiresAt}`;
      if (this.#told.has(key)) return [];
      this.#told.add(key);
      return [{ name: instance.tags[tagNames.node] ?? instance.instanceId, expiresAt }];
    });
    const [first] = due;
    if (first === undefined) return;
    const names = due.map(({ name }) => name);
    const soonest = Math.min(...due.map(({ expiresAt }) => expiresAt));
    const minutes = Math.ceil((soonest - now) / 60_000);
    const verb = names.length === 1 ? 'expires' : 'expire';
    const when = minutes <= 0 ? 'now' : `in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
    this.#notices.say('warning', `${names.join(', ')} ${verb} ${when}`, {
      hint: '`spot-tui create` gives more time; `spot-tui destroy --expired` ends what has none left.',
      region: this.#region,
    });
  }
}
