import { dashboard } from './dashboard/subject.ts';
import { distance } from './distance/subject.ts';
import { ec2Calls } from './ec2-calls/subject.ts';
import { endToEnd } from './end-to-end/subject.ts';
import { fanOut } from './fan-out/subject.ts';
import type { Subject } from './figure.ts';
import { memory } from './memory/subject.ts';
import { startUp } from './start-up/subject.ts';
import { watching } from './watching/subject.ts';

/** Everything that the bench measures, in this order. */
export const subjects: readonly Subject[] = [
  fanOut,
  distance,
  dashboard,
  startUp,
  memory,
  ec2Calls,
  endToEnd,
  watching,
];
