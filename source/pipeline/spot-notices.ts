import * as z from 'zod';
import type { NodeConnection } from '../ssh/connection.ts';
import { inlineScript, type RemoteScripts } from './remote-script.ts';

/** What EC2 tells a spot instance of its end. */
export type SpotNotice =
  | {
      readonly type: 'interruption';
      /** What EC2 is going to do. */
      readonly action: 'terminate' | 'stop' | 'hibernate';
      /** When; milliseconds since the Unix epoch. */
      readonly time: number;
    }
  | {
      /** The risk of an interruption has risen. */
      readonly type: 'rebalance';
      /** When EC2 said so first; milliseconds since the Unix epoch. */
      readonly since: number;
    };

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html */
const instanceAction = z
  .object({ action: z.enum(['terminate', 'stop', 'hibernate']), time })
  .transform((notice) => ({ type: 'interruption' as const, ...notice }));

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html */
const recommendation = z.object({ noticeTime: time }).transform(({ noticeTime }) => ({
  type: 'rebalance' as const,
  since: noticeTime,
}));

const notice = z.union([instanceAction, recommendation]);

/** Reads a line of `templates/watch-spot-notices.sh`, in which notices follow each other directly. */
export const parseSpotNotices = (line: string): SpotNotice[] =>
  line.split(/(?<=\})\s*(?=\{)/).flatMap((text) => notice.safeParse(parseJson(text)).data ?? []);

/**
 * Calls for each notice, some of them more than once, until the signal aborts. Resolves earlier
 * where the node has nothing to ask with.
 */
export const followSpotNotices = async (
  { watchSpotNotices }: RemoteScripts,
  connection: NodeConnection,
  onNotice: (notice: SpotNotice) => void,
  signal: AbortSignal,
): Promise<void> => {
  // It runs for long, and its text is in the node's list of processes.
  const script = watchSpotNotices.replaceAll(/^\s*#.*\n/gm, '');
  const command = inlineScript('watch-spot-notices', script);
  const ending = new AbortController();
  await connection.follow(
    () => command,
    (line) => {
      if (line === 'unavailable') ending.abort();
      else for (const each of parseSpotNotices(line)) onNotice(each);
    },
    AbortSignal.any([signal, ending.signal]),
  );
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Whatever answers there is not the service that is asked.
    return undefined;
  }
};
