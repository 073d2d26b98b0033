import type { Ec2Error } from '../ec2/errors.ts';
import type { SignInNews } from '../ec2/sign-in.ts';
import type { NoticeEvent } from '../events/event.ts';
import { formatDuration } from '../ui/duration.ts';
import type { DeploymentOptions } from './command-line.ts';
import { completeHint } from './complete-hints.ts';

/** Something about EC2, or the way to it, that stops nothing and that people should know. */
export type CloudNews = Pick<NoticeEvent, 'level' | 'message' | 'hint' | 'topic' | 'region'>;

/** News as they are printed where nothing else shows them, newline included. */
export const newsText = (
  options: DeploymentOptions,
  { hint = '', level, message }: CloudNews,
): string =>
  [
    `${level === 'info' ? '' : 'warning: '}${message}\n`,
    hint === '' ? '' : `  ${completeHint(options, hint)}\n`,
  ].join('');

/** Brings news to whoever listens; to `otherwise` while nobody does. */
export type NewsDesk = {
  tell(news: CloudNews): void;
  listen(listener: (news: CloudNews) => void): void;
};

export const createNewsDesk = (otherwise: (news: CloudNews) => void): NewsDesk => {
  const listeners: ((news: CloudNews) => void)[] = [];
  return {
    tell: (news) => {
      if (listeners.length === 0) otherwise(news);
      for (const listener of listeners) listener(news);
    },
    listen: (listener) => {
      listeners.push(listener);
    },
  };
};

/** A call failed in a way that is waited out. */
export const troubleNews = ({ hint, message, region, topic }: Ec2Error): CloudNews => ({
  level: 'warning',
  message,
  hint,
  topic,
  ...(region === undefined ? {} : { region }),
});

export const recoveryNews = (region: string): CloudNews => ({
  level: 'info',
  message: `${region}: EC2 answers again`,
  region,
});

export const signInNews = (news: SignInNews): CloudNews => {
  switch (news.type) {
    case 'refused':
      return {
        level: 'error',
        message: `${news.reason}: EC2 is not asked for anything until there are new ones; work over SSH goes on`,
        hint: news.hint,
        topic: 'aws',
      };
    case 'accepted':
      return { level: 'info', message: 'EC2 takes the credentials again: going on' };
    default:
      return news satisfies never;
  }
};

/** Milliseconds of sleep that are worth telling. */
const longSleep = 30_000;

/** @param milliseconds In which nothing was done. */
export const wakeNews = (milliseconds: number): readonly CloudNews[] =>
  milliseconds < longSleep
    ? []
    : [
        {
          level: 'info',
          message: `awake again after ${formatDuration(milliseconds)} in which this program did not run: going on`,
        },
      ];
