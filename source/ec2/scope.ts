import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Config, RegionConfig } from '../config/config.ts';
import type { WakeWatch } from '../time/wake-watch.ts';
import type { Endpoint } from './client.ts';
import type { Contact } from './contact.ts';
import type { Ec2Error } from './errors.ts';
import type { Account } from './sign-in.ts';

/** What every request for one region of an account needs to know, whatever deployment it is for. */
export type AccountRegion = {
  readonly client: EC2Client;
  readonly region: string;
  /** The AWS profile that the credentials come from, where one is named. */
  readonly profile?: string;
  readonly patience: Patience;
  readonly account: Account;
  readonly contact: Contact;
  readonly wakes?: WakeWatch;
  /** Where the last request was sent; undefined before the first one. */
  endpoint(): Endpoint | undefined;
  /** Hears of failures that stop nothing. */
  onTrouble(error: Ec2Error): void;
};

/** What requests for one deployment need to know on top of that. */
export type RegionScope = AccountRegion & {
  readonly config: Config;
  readonly regionConfig: RegionConfig;
  /** Version of the program: goes into `spot-tui:version`. */
  readonly version: string;
};

/** How long to wait for EC2 where waiting helps; milliseconds. */
export type Patience = {
  /** The first pause between two tries; later ones grow from it. */
  readonly firstPause: number;
  /** For something just made to be visible to all of EC2. */
  readonly visibility: number;
  /** For instances just launched to be in all of EC2's lists. */
  readonly listing: number;
  /** For throttling, trouble of EC2, or a network that worked before. */
  readonly trouble: number;
  /** For the last network interface to leave a security group. */
  readonly release: number;
  /** The longest pause between two polls, however often they fail. */
  readonly longestPoll: number;
};

export const defaultPatience: Patience = {
  firstPause: 500,
  visibility: 30_000,
  listing: 60_000,
  trouble: 300_000,
  release: 180_000,
  longestPoll: 60_000,
};
