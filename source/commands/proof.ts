import { tagNames } from '../ec2/cloud.ts';
import type { Notices } from '../fleet/notices.ts';
import { isAlive } from '../fleet/plan.ts';
import { isSeen, isUnseen, type Sight } from './every-region.ts';

export type ProofOptions = {
  readonly deployment: string;
  readonly sights: readonly Sight[];
  /** Whether the account has no other regions. */
  readonly areAll: boolean;
  /** The command line that carries on with what is left. */
  readonly again: string;
  readonly notices: Notices;
};

/** Regions that are named one by one. */
const fewRegions = 3;

/**
 * Says that nothing of the deployment is left, and where that was looked for, or what is left.
 *
 * @returns Whether nothing is left.
 */
export const prove = ({ again, areAll, deployment, notices, sights }: ProofOptions): boolean => {
  const seen = sights.filter(isSeen).map(({ scan }) => scan);
  const unseen = sights.filter(isUnseen).map(({ cloud }) => cloud.region);
  const left = seen.flatMap(({ instances, region, resources }) => [
    ...instances
      .filter(isAlive)
      .map(({ instanceId, state }) => `instance ${instanceId}, ${state} (${region})`),
    ...resources,
  ]);
  const unsearched = seen.flatMap((scan) => scan.unseen);
  const tag = `${tagNames.deployment}=${deployment}`;
  for (const why of unsearched) notices.say('warning', why);
  if (left.length > 0) {
    notices.say('error', `tagged ${tag} and left: ${left.join('; ')}`, {
      hint: `Run \`${again}\` again in a minute; if somebody else runs \`create\`, end that first.`,
      topic: 'leftovers',
    });
    return false;
  }
  if (unsearched.length > 0) {
    notices.say('error', `no proof that nothing tagged ${tag} is left: not all could be seen`, {
      hint: 'Ask for the permissions that are named above.',
      topic: 'aws',
    });
    return false;
  }
  const regions = seen.map(({ region }) => region);
  const where = regions.length <= fewRegions ? regions.join(', ') : `${regions.length} regions`;
  const others = [
    ...(unseen.length > 0 ? [`not looked at: ${unseen.join(', ')}`] : []),
    ...(areAll ? [] : ['other regions were not looked at']),
  ];
  const limits = others.length === 0 ? '' : ` (${others.join('; ')})`;
  notices.say('info', `proof: nothing tagged ${tag} is left in ${where}${limits}`);
  return true;
};
