import { Ec2Error } from '../ec2/errors.ts';
import type { Emit, NoticeEvent } from '../events/event.ts';
import type { Topic } from '../events/topic.ts';
import { toPhaseFailure } from '../pipeline/phase-failure.ts';

/** Says things about the whole fleet, or one region of it. */
export type Notices = {
  say(level: NoticeEvent['level'], message: string, more?: NoticeDetails): void;
  /** Says what went wrong and what to do about it. */
  error(error: unknown): void;
};

export type NoticeDetails = { readonly region?: string } & (
  | { readonly hint?: never }
  /** With where to read on, if there is more to say. */
  | { readonly hint: string; readonly topic: Topic | undefined }
);

/** Says them as events, stamped by the given clock (milliseconds since the Unix epoch). */
export const noticesAs = (emit: Emit, clock: () => number): Notices => {
  const say: Notices['say'] = (level, message, more = {}) => {
    const { region, hint } = more;
    const topic = 'topic' in more ? more.topic : undefined;
    emit({
      event: 'notice',
      time: clock(),
      level,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(topic === undefined ? {} : { topic }),
      ...(region === undefined ? {} : { region }),
    });
  };
  return {
    say,
    error: (error) => {
      const { reason, hint, topic } = toPhaseFailure(error);
      const region = error instanceof Ec2Error ? error.region : undefined;
      say('error', reason, { hint, topic, ...(region === undefined ? {} : { region }) });
    },
  };
};
