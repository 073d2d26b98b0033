import type { RunCommand } from './command.ts';
import { runOnNodes } from './run-on-nodes.ts';

/** Runs configure-services again on the nodes, then verifies them. */
export const run: RunCommand = (invocation) => runOnNodes(invocation, 'configure');
