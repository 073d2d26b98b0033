import type { RunCommand } from './command.ts';
import { runOnNodes } from './run-on-nodes.ts';

/** Uploads what changed to the nodes, then configures and verifies them. */
export const run: RunCommand = (invocation) => runOnNodes(invocation, 'push');
