import { type Instance, tagNames } from '../ec2/cloud.ts';
import { expiryOf } from '../ec2/expiry.ts';
import type { Notices } from './notices.ts';
import { isAlive } from './plan.ts';

/** Milliseconds before its end in which a node's time is nearly over. */
const nearly = 600_000;

/** More nodes than that are not named one by one. */
const fewNodes = 4;

type Due = { readonly name: string; readonly region: string; readonly expiresAt: number };

/**
 * Says of a fleet's nodes that their time is nearly over: once, unless they get more. Nodes of
 * several regions come in one notice, after a look at each of them.
 */
export class ExpiryWatch {
  readonly #regions: readonly string[];
  readonly #notices: Pick<Notices, 'say'>;
  readonly #told = new Set<string>();
  readonly #lookedAt = new Set<string>();
  #due: Due[] = [];

  constructor(regions: readonly string[], notices: Pick<Notices, 'say'>) {
    this.#regions = regions;
    this.#notices = notices;
  }

  /**
   * Takes what a region holds now.
   *
   * @param now Milliseconds since the Unix epoch.
   */
  observe(region: string, instances: readonly Instance[], now: number): void {
    // A region that doesn't answer is not waited for: another one comes round before it.
    const isRound = this.#lookedAt.has(region);
    this.#lookedAt.add(region);
    this.#due.push(...instances.flatMap((instance) => this.#newlyDue(region, instance, now)));
    if (!isRound && this.#regions.some((each) => !this.#lookedAt.has(each))) return;
    this.#lookedAt.clear();
    if (this.#due.length > 0) this.#tell(this.#due, now);
    this.#due = [];
  }

  #newlyDue(region: string, instance: Instance, now: number): Due[] {
    const expiresAt = expiryOf(instance.tags);
    if (!isAlive(instance) || expiresAt === undefined || expiresAt - now > nearly) return [];
    const key = `${instance.instanceId} ${expiresAt}`;
    if (this.#told.has(key)) return [];
    this.#told.add(key);
    return [{ name: instance.tags[tagNames.node] ?? instance.instanceId, region, expiresAt }];
  }

  #tell(due: readonly Due[], now: number): void {
    const [first] = due;
    const region = due.every((each) => each.region === first?.region) ? first?.region : undefined;
    const minutes = due.map(({ expiresAt }) => Math.ceil((expiresAt - now) / 60_000));
    const soonest = Math.min(...minutes);
    const isSpread = soonest !== Math.max(...minutes);
    const verb = due.length === 1 ? 'expires' : 'expire';
    const when = soonest <= 0 ? 'now' : `in ${soonest} ${soonest === 1 ? 'minute' : 'minutes'}`;
    const collator = new Intl.Collator('en', { numeric: true });
    const names = due.map(({ name }) => name).sort(collator.compare);
    this.#notices.say(
      'warning',
      `${listOf(names)} ${verb} ${when}${isSpread ? ' or soon after' : ''}`,
      {
        hint: '`spot-tui create` gives more time; `spot-tui destroy --expired` ends what has none left.',
        topic: 'leftovers',
        ...(region === undefined ? {} : { region }),
      },
    );
  }
}

const listOf = (names: readonly string[]): string =>
  names.length <= fewNodes
    ? names.join(', ')
    : `${names.slice(0, fewNodes - 1).join(', ')} and ${names.length - fewNodes + 1} more`;
