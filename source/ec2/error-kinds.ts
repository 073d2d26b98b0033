import type { Topic } from '../events/topic.ts';

/** What sort of thing went wrong, as far as a person has to react differently to it. */
export type Ec2ErrorKind =
  /** No credentials, wrong ones, or expired ones. */
  | 'credentials'
  /** The credentials are good, but may not do this. */
  | 'permission'
  /** A limit of the account. */
  | 'quota'
  /** EC2 has no such machine to give at the moment, or not at that price. */
  | 'capacity'
  | 'throttling'
  | 'not-found'
  | 'invalid'
  /** The region does not exist or is not enabled for the account. */
  | 'region'
  /** Something stands in the way that may go away by itself. */
  | 'conflict'
  /** EC2 itself has trouble. */
  | 'unavailable'
  /** EC2 could not be reached. */
  | 'network'
  | 'unexpected';

/** Where to read on about a kind of error. */
export const topicOfKind = (kind: Ec2ErrorKind): Topic => {
  switch (kind) {
    case 'capacity':
      return 'capacity';
    case 'credentials':
    case 'permission':
    case 'quota':
    case 'throttling':
    case 'not-found':
    case 'invalid':
    case 'region':
    case 'conflict':
    case 'unavailable':
    case 'network':
    case 'unexpected':
      return 'aws';
    default:
      return kind satisfies never;
  }
};

/** Exit status of a command that ends because of the error; part of the contract. */
export type Ec2ExitStatus = 1 | 2 | 3;

const exitStatuses: Readonly<Record<Ec2ErrorKind, Ec2ExitStatus>> = {
  credentials: 3,
  permission: 3,
  quota: 3,
  capacity: 1,
  throttling: 1,
  'not-found': 2,
  invalid: 2,
  region: 2,
  conflict: 1,
  unavailable: 1,
  network: 1,
  unexpected: 1,
};

/** The exit status that goes with a kind where a code does not say otherwise. */
export const exitStatusOf = (kind: Ec2ErrorKind): Ec2ExitStatus => exitStatuses[kind];
