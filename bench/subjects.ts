import { dashboard } from './dashboard/subject.ts';
import { distance } from './distance/subject.ts';
import { fanOut } from './fan-out/subject.ts';
import type { Subject } from './figure.ts';

/** Everything that the bench measures, in this order. */
export const subjects: readonly Subject[] = [fanOut, distance, dashboard];
