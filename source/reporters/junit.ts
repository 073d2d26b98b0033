import { isSettled } from '../events/phase.ts';
import { isReplaced } from '../fleet/is-replaced.ts';
import type { FleetState, NodeState } from '../fleet/state.ts';
import { outcomeOf } from './node-outcome.ts';
import { type XmlElement, xmlDocument } from './xml.ts';

export type JunitInput = {
  readonly state: FleetState;
  readonly command: string;
  /** Milliseconds since the Unix epoch, as all times. */
  readonly startedAt: number;
  readonly now: number;
  /** The machine that the command runs on. */
  readonly hostname: string;
  /** Nodes that exist and that the command is not about. */
  readonly notAsked: readonly string[];
  /** Whether the end of a node was asked for here. */
  readonly isDismissed: (node: string) => boolean;
  /** Why the command itself came to an end before its work was done. */
  readonly problem?: { readonly name: string; readonly message: string };
  /** The option by which the command left nodes unfinished on purpose. */
  readonly leftBy?: string;
};

/** Lines of a failed node's log that are told where there is no other output. */
const logTail = 20;

/**
 * A run as a JUnit document: a test suite for the deployment, and in it a test case for each node.
 * A node that is not ready is a failure, one that got no machine an error, one that was not asked
 * for, not begun with, or left on purpose, is skipped; what ended the command early is an error of a
 * test case of its own. Keeps to what both widespread schemas know, Jenkins's `junit-10.xsd` and
 * Ant's `JUnit.xsd`.
 */
export const junitDocument = (input: JunitInput): string => {
  const { command, hostname, notAsked, now, problem, startedAt, state } = input;
  const suiteName = state.deployment === '' ? 'spot-tui' : state.deployment;
  const cases = [
    ...[...state.nodes.values()].map((node) => nodeCase(node, input)),
    ...notAsked.map((name) => testCase(regionOf(name), name, 0, skipped('not asked for'))),
    ...(problem === undefined
      ? []
      : [
          testCase('spot-tui', command, now - startedAt, {
            name: 'error',
            attributes: { message: firstLine(problem.message), type: problem.name },
            text: problem.message,
          }),
        ]),
  ];
  const counts = {
    tests: cases.length,
    failures: countOf(cases, 'failure'),
    errors: countOf(cases, 'error'),
    time: seconds(now - startedAt),
  };
  return xmlDocument({
    name: 'testsuites',
    attributes: { name: 'spot-tui', ...counts },
    children: [
      {
        name: 'testsuite',
        attributes: {
          id: 0,
          package: 'spot-tui',
          name: suiteName,
          timestamp: new Date(startedAt).toISOString().replace(/\.\d+Z$/, ''),
          hostname,
          ...counts,
          skipped: countOf(cases, 'skipped'),
        },
        children: [
          {
            name: 'properties',
            children: [{ name: 'property', attributes: { name: 'command', value: command } }],
          },
          ...cases,
          { name: 'system-out', text: noticesOf(state) },
          { name: 'system-err' },
        ],
      },
    ],
  });
};

const nodeCase = (node: NodeState, input: JunitInput): XmlElement => {
  const { duration } = outcomeOf(node, input.now);
  return testCase(node.region, node.name, duration, verdictOn(node, input));
};

const verdictOn = (
  node: NodeState,
  { isDismissed, leftBy, now, state }: JunitInput,
): XmlElement | undefined => {
  const { log, name, phase, trouble } = node;
  if (phase === 'ready') return undefined;
  const notBegun = isSettled(phase) ? undefined : notBegunWith(state, name);
  if (notBegun !== undefined) return skipped(notBegun);
  if (isReplaced(node)) return skipped(`${node.replacedBy} has its place: ${trouble?.reason}`);
  if (isDismissed(name)) return skipped(`${phase}: asked for here`);
  if (leftBy !== undefined && !isSettled(phase) && phase !== 'terminating') {
    return skipped(`left unfinished by ${leftBy}`);
  }
  const { reason } = outcomeOf(node, now);
  const output =
    trouble?.output ?? log.slice(-logTail).map(({ source, message }) => `${source}: ${message}`);
  return {
    name: trouble?.failedPhase === 'launching' ? 'error' : 'failure',
    attributes: { message: reason, type: trouble?.failedPhase ?? phase },
    text: [reason, ...(trouble?.hint === undefined ? [] : [trouble.hint]), ...output].join('\n'),
  };
};

/** Why what was last asked of a node was not begun with, such as a canary that failed. */
const notBegunWith = ({ actions }: FleetState, node: string): string | undefined => {
  const results = actions.flatMap(({ results: byNode }) => byNode.get(node) ?? []);
  const last = results.at(-1);
  return last?.status === 'skipped' ? last.detail : undefined;
};

const testCase = (
  classname: string,
  name: string,
  duration: number,
  verdict: XmlElement | undefined,
): XmlElement => ({
  name: 'testcase',
  attributes: { classname, name, time: seconds(duration) },
  children: verdict === undefined ? [] : [verdict],
});

const skipped = (message: string): XmlElement => ({ name: 'skipped', attributes: { message } });

const countOf = (cases: readonly XmlElement[], verdict: string): number =>
  cases.filter(({ children }) => children?.some(({ name }) => name === verdict)).length;

const noticesOf = ({ notices }: FleetState): string =>
  notices.map(({ level, message }) => `${level}: ${message}`).join('\n');

const regionOf = (node: string): string => node.replace(/-\d+$/, '');

const seconds = (milliseconds: number): string => (Math.max(0, milliseconds) / 1000).toFixed(3);

const firstLine = (text: string): string => text.split('\n')[0] ?? '';
