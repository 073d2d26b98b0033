import type { NodeFacts } from '../inspection/facts.ts';
import type { Check, CheckResult, CheckTarget } from './check.ts';
import { checkCloudInit } from './cloud-init.ts';
import { checkContainers } from './containers.ts';
import { checkDirectories } from './directories.ts';
import { checkDisk } from './disk.ts';
import { checkFiles } from './files.ts';
import { checkServices } from './services.ts';

/** The checks that come before the services, in the order in which one failure explains the next. */
const before: readonly Check[] = [checkCloudInit, checkDirectories, checkFiles, checkDisk];

/** All that verification and `doctor` say about a node. */
export const runChecks = (facts: NodeFacts, target: CheckTarget): CheckResult[] => [
  ...before.flatMap((check) => check(facts, target)),
  ...checkServices(facts, target),
  ...checkContainers(facts, target),
];
