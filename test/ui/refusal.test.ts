import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Phase, pipelinePhases, sidePhases } from '../../source/events/phase.ts';
import type { NodeState } from '../../source/fleet/state.ts';
import type { NodeCommand } from '../../source/ui/keys/key-map.ts';
import { refusal } from '../../source/ui/keys/refusal.ts';

const commands: readonly NodeCommand[] = [
  'ssh',
  'exec',
  'configure',
  'push',
  'rollout',
  'retry',
  'doctor',
  'logs',
  'merged-logs',
  'terminate',
  'replace',
  'copy',
  'console',
  'cause',
];
const phases: readonly Phase[] = [...pipelinePhases, ...sidePhases];

const nodeIn = (phase: Phase, facts: Partial<NodeState> = {}): NodeState => ({
  name: 'us-west-2-1',
  region: 'us-west-2',
  phase,
  phaseSince: 0,
  attempt: 1,
  log: [],
  logged: 0,
  timeline: [],
  earlier: [],
  ...facts,
});

const machine = { instanceId: 'i-0123456789abcdef0', address: '203.0.113.7' };
const deadline = { trouble: { reason: 'EC2 needs it', deadline: 1 } };

const refuse = (command: NodeCommand, node: NodeState, isDriven = true) =>
  refusal(command, node, isDriven, (name) => `spot-tui ${name}`);

/** The commands that work on a node. */
const working = (node: NodeState, isDriven = true) =>
  commands.filter((command) => refuse(command, node, isDriven) === undefined);

const reaching = ['ssh', 'exec', 'doctor', 'logs', 'merged-logs'];

describe('what works on a node', () => {
  const expected: readonly [string, NodeState, boolean, readonly string[]][] = [
    ['planned', nodeIn('pending'), true, ['cause']],
    ['planned elsewhere', nodeIn('pending'), false, ['retry', 'cause']],
    [
      'launched, without an address',
      nodeIn('booting', { instanceId: machine.instanceId }),
      true,
      ['terminate', 'replace', 'copy', 'console', 'cause'],
    ],
    [
      'on its way',
      nodeIn('configuring', machine),
      true,
      [...reaching, 'terminate', 'replace', 'copy', 'console', 'cause'],
    ],
    [
      'on its way, driven by nobody here',
      nodeIn('configuring', machine),
      false,
      [...reaching, 'retry', 'terminate', 'replace', 'copy', 'console', 'cause'],
    ],
    ['ready', nodeIn('ready', machine), true, commands.filter((command) => command !== 'retry')],
    ['degraded', nodeIn('degraded', machine), true, commands],
    ['failed', nodeIn('failed', machine), true, commands],
    ['failed before it had a machine', nodeIn('failed'), true, ['retry', 'replace', 'cause']],
    [
      'about to be taken',
      nodeIn('interrupted', { ...machine, ...deadline }),
      true,
      [...reaching, 'terminate', 'replace', 'copy', 'console', 'cause'],
    ],
    ['taken', nodeIn('interrupted', machine), true, ['replace', 'copy', 'console', 'cause']],
    [
      'terminating',
      nodeIn('terminating', machine),
      true,
      ['ssh', 'logs', 'merged-logs', 'copy', 'console', 'cause'],
    ],
    [
      'terminated, driven by nobody here',
      nodeIn('terminated', machine),
      false,
      ['replace', 'copy', 'console', 'cause'],
    ],
    ['terminated', nodeIn('terminated', machine), true, ['replace', 'copy', 'console', 'cause']],
  ];
  for (const [name, node, isDriven, works] of expected) {
    test(name, () => {
      assert.deepEqual(new Set(working(node, isDriven)), new Set(works));
    });
  }
});

test('every refusal says how the node is, and hardly more than a line has room for', () => {
  for (const command of commands) {
    for (const phase of phases) {
      for (const facts of [{}, { instanceId: 'i-1' }, machine, { ...machine, ...deadline }]) {
        for (const isDriven of [true, false]) {
          const reason = refuse(command, nodeIn(phase, facts), isDriven);
          if (reason === undefined) continue;
          assert.match(reason, new RegExp(`^(${phase}|gone)\\b`), command);
          assert.ok(reason.length <= 62, `${reason.length}: ${reason}`);
        }
      }
    }
  }
});
