import type { NodeFacts } from '../inspection/facts.ts';
import type { CheckResult, CheckTarget } from './check.ts';
import { checkCloudInit } from './cloud-init.ts';
import { checkContainers } from './containers.ts';
import { checkDirectories } from './directories.ts';
import { checkDisk } from './disk.ts';
import { checkFiles } from './files.ts';
import { checkServices } from './services.ts';

/** The checks in the order in which one failure explains the next. */
const checks = [
  checkCloudInit,
  checkDirectories,
  checkFiles,
  checkDisk,
  checkServices,
  checkContainers,
];

/** All that verification and `doctor` say about a node. */
export const runChecks = (facts: NodeFacts, target: CheckTarget): CheckResult[] =>
  checks.flatMap((check) => check(facts, target));
