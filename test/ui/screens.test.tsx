import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import stringWidth from 'string-width';
import type { FleetEvent } from '../../source/events/event.ts';
import { emptyFleet, reduceAll } from '../../source/fleet/reducer.ts';
import type { FleetState, NodeState } from '../../source/fleet/state.ts';
import { initialFleetView } from '../../source/ui/fleet-screen/fleet-view.ts';
import { initialLogView } from '../../source/ui/log-screen/log-view.ts';
import { openNode } from '../../source/ui/node-screen/open-node.ts';
import { createOutcomeReader } from '../../source/ui/output-screen/outcome-entries.ts';
import { asks, comesTo, ends, prints } from './asked.ts';
import { begins, enters, fails, logs, runsOn, start } from './events.ts';
import { cleanup, keyboard, type ShowOptions, showFleet } from './harness.tsx';
import { createTestFeed, hostileTexts, line } from './log-samples.ts';

afterEach(cleanup);

const smallest = { columns: 40, rows: 10 };
const usual = { columns: 80, rows: 24 };
const bigger = { columns: 120, rows: 40 };
const big = { columns: 200, rows: 60 };

type Size = { readonly columns: number; readonly rows: number };

/** What a fleet is made of. */
type Content = {
  readonly deployment: string;
  readonly region: string;
  /** What a node or EC2 says, where it can say anything at all. */
  readonly text: (index: number) => string;
  readonly machine: (index: number) => {
    readonly zone: string;
    readonly instanceType: string;
    readonly imageId: string;
    readonly address: string;
    readonly sshPort: number;
  };
};

const hostile = Object.values(hostileTexts);
const hostileText = (index: number) => hostile[index % hostile.length] ?? '';

const kinds = ['ordinary', 'longest', 'hostile'] as const;

type Kind = (typeof kinds)[number];

const contents: Readonly<Record<Kind, Content>> = {
  ordinary: {
    deployment: 'sandbox',
    region: 'us-west-2',
    text: (index) => `sensor.service was started ${index % 7} times`,
    machine: (index) => ({
      zone: 'us-west-2a',
      instanceType: 't3.medium',
      imageId: 'ami-0123456789abcdef0',
      address: `203.0.113.${index % 250}`,
      sshPort: 22,
    }),
  },
  longest: {
    deployment: 'd'.repeat(63),
    region: 'ap-southeast-2',
    text: (index) => `${'because this is why '.repeat(60)}${'x'.repeat(400)} ${index % 7}`,
    machine: () => ({
      zone: 'ap-southeast-2-akl-1a',
      instanceType: 'u7inh-32tb.480xlarge',
      imageId: 'ami-0123456789abcdef0',
      address: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
      sshPort: 65_535,
    }),
  },
  hostile: {
    deployment: 'sandbox',
    region: 'us-west-2',
    text: hostileText,
    machine: (index) => ({
      zone: hostileText(index),
      instanceType: hostileText(index),
      imageId: hostileText(index),
      address: hostileText(index),
      sshPort: 22,
    }),
  },
};

const nodeOf = ({ region }: Content, index: number) => `${region}-${index + 1}`;

const gibibyte = 2 ** 30;

/** What is told of a machine beside what it is: what it costs, how long it lives, who vouches. */
const conditions = (content: Content, index: number): Partial<NodeState> => ({
  launchedAt: start,
  lifecycle: index % 2 === 0 ? 'on-demand' : 'spot',
  hostKey: index % 3 === 0 ? 'verified' : 'pinned',
  hostKeyFingerprint: `SHA256:${'k'.repeat(43)}`,
  ...(index % 4 === 3 ? {} : { pricePerHour: 12.3456 }),
  ...(index % 2 === 0 ? { rebalanceSince: start - 99 * 86_400_000 } : {}),
  ...(index % 3 === 0 ? {} : { expiresAt: start + (index % 3 === 1 ? 365 * 86_400_000 : -1) }),
  ...(index % 12 === 2 ? { replacedBy: nodeOf(content, 4999) } : {}),
});

/** A node of which everything is known, in one of all the conditions that there are. */
const nodeEvents = (content: Content, index: number): FleetEvent[] => {
  const node = nodeOf(content, index);
  const text = content.text(index);
  const workload = { name: text, state: text.slice(0, 300), detail: text };
  const about = { event: 'phase', node, time: start } as const;
  const known: FleetEvent[] = [
    enters(node, 'launching', -99 * 86_400),
    fails(node, text, text, -86_400),
    { ...enters(node, 'booting', -3600), attempt: 2 } as FleetEvent,
    runsOn(node, { ...content.machine(index), ...conditions(content, index) }),
    {
      event: 'health',
      time: start,
      node,
      checks: [
        { name: text, status: 'failed', detail: text, hint: text },
        { name: text, status: 'passed', detail: text },
      ],
      services: [workload],
      containers: [workload],
      load: { average: 123.45, processors: 128 },
      memory: { used: 23_999 * gibibyte, total: 24_000 * gibibyte },
      disk: { used: 65_535 * gibibyte, total: 65_536 * gibibyte },
      uptime: 999 * 86_400_000,
    },
    logs(node, text, text.slice(0, 300)),
  ];
  const fate: readonly (readonly FleetEvent[])[] = [
    [{ ...fails(node, text, text), output: [text, text] } as FleetEvent],
    [{ ...about, phase: 'degraded', reason: text, hint: text }],
    [{ ...about, phase: 'interrupted', reason: text, deadline: start + 120_000 }],
    [
      enters(node, 'uploading'),
      { event: 'progress', time: start, node, phase: 'uploading', done: 1, total: 2 },
    ],
    [enters(node, 'ready')],
    [{ ...about, phase: 'terminating', reason: text }],
  ];
  return [...known, ...(fate[index % fate.length] ?? [])];
};

/** What people asked for: something that prints, something that does not, and a launch. */
const actionEvents = (content: Content, nodes: readonly string[]): FleetEvent[] => {
  const { text } = content;
  const statuses = ['failed', 'running', 'cancelled', 'skipped', 'succeeded'] as const;
  return [
    asks(1, 'exec', nodes, { detail: text(3), by: text(4) }),
    ...nodes.map((node, index) => prints(1, node, [text(index), text(index)], index % 3)),
    ends(1, 'exec', nodes),
    asks(2, 'push', nodes, { detail: text(5), by: text(6) }),
    ...nodes.flatMap((node, index) => {
      const status = statuses[index % (statuses.length + 1)];
      return status === undefined
        ? []
        : [comesTo(2, 'push', node, { status, detail: text(index) })];
    }),
    asks(3, 'launch', [], { detail: text(7) }),
  ];
};

const fleetOf = (content: Content, count: number): FleetState => {
  const indices = [...new Array(count).keys()];
  return reduceAll(emptyFleet, [
    begins(content.deployment, 'create', count),
    ...indices.flatMap((index) => nodeEvents(content, index)),
    ...actionEvents(
      content,
      indices.map((index) => nodeOf(content, index)),
    ),
    ...(['info', 'warning', 'error'] as const).flatMap((level) =>
      hostile.map((_text, index): FleetEvent => {
        const message = content.text(index);
        return { event: 'notice', time: start, level, message, hint: message };
      }),
    ),
  ]);
};

type Shown = Awaited<ReturnType<typeof showFleet>>;

type View = {
  readonly name: string;
  /** The way there from the table. */
  readonly open: (shown: Shown, content: Content) => unknown;
  /** Only there if there are so many nodes. */
  readonly least?: number;
  /** By what it is recognized, somewhere on the screen. */
  readonly says: RegExp;
};

const keys =
  (...pressed: readonly string[]) =>
  ({ press }: Shown) =>
    press(...pressed);

/** A line that is typed, longer than any window. */
const typed = `${'df -h / '.repeat(60)}END`;

const output = (action: number) => async (shown: Shown) => {
  shown.model.view.dispatch({
    type: 'show',
    screen: {
      type: 'output',
      action,
      read: createOutcomeReader(),
      expanded: new Set(),
      picked: new Set(),
    },
  });
  await shown.settle();
};

const log =
  (...pressed: readonly string[]) =>
  async (shown: Shown, content: Content) => {
    const { feed } = createTestFeed(
      hostile.map((_text, index) => {
        const text = content.text(index);
        return line(text, { source: text.slice(0, 300), node: nodeOf(content, index) });
      }),
    );
    const nodes = [nodeOf(content, 0)];
    shown.model.view.dispatch({
      type: 'show',
      screen: { type: 'log', title: 'journal', nodes, feed, log: initialLogView },
    });
    await shown.settle();
    await shown.press(...pressed);
  };

const table = /NODE.* PHASE .*TIME|Nodes appear here/;

const views: readonly View[] = [
  { name: 'the table', open: ({ settle }) => settle(), says: table },
  {
    name: 'the table by region, in another order, all selected',
    open: keys('b', '>', '*', 'G'),
    least: 1,
    says: table,
  },
  {
    name: 'the table with a tall pane',
    open: keys(keyboard.tab),
    least: 1,
    says: table,
  },
  { name: 'a filter that is typed', open: keys('/', `${'1'.repeat(300)}END`), says: /1END/ },
  { name: 'a filter that nothing matches', open: keys('/', 'xyzzy', '\r'), says: /xyzzy/ },
  { name: 'a command that is typed', open: keys('x', typed), least: 1, says: / END/ },
  {
    name: 'a command for all that is typed',
    open: keys('*', 'x', typed),
    least: 2,
    says: / END/,
  },
  { name: 'stages that are typed', open: keys('*', 'U'), least: 2, says: /Roll out to/ },
  { name: 'a number of nodes that is typed', open: keys('a', '99999'), says: /99999/ },
  { name: 'the page of a node', open: keys(keyboard.enter), least: 1, says: /^── [a-z]+-/ },
  {
    name: 'the page of a node with a tall log',
    open: keys(keyboard.enter, keyboard.tab),
    least: 1,
    says: /^── [a-z]+-.*\n── log/,
  },
  { name: 'a log', open: log(), says: /^── journal/ },
  { name: 'a log from its beginning, wrapped', open: log('w', 'g'), says: /^── journal/ },
  { name: 'a log scrolled to the right', open: log('T', keyboard.right), says: /^── journal/ },
  { name: 'a search in a log', open: log('/', typed), says: / END/ },
  { name: 'outputs of a command', open: output(1), says: /exec/ },
  {
    name: 'an output in full',
    open: async (shown) => {
      await output(1)(shown);
      await shown.press(keyboard.enter, keyboard.pageDown);
    },
    says: /exec/,
  },
  { name: 'what a push came to', open: output(2), says: /push/ },
  { name: 'what a launch came to', open: output(3), says: /launch/ },
  { name: 'nothing that was asked for', open: output(99), says: /Nothing is known/ },
  { name: 'actions', open: keys('p'), says: /3 actions/ },
  { name: 'help', open: keys('?'), says: /╭─ Keys/ },
  { name: 'the last of the help', open: keys('?', 'G'), says: /╭─ Keys/ },
  { name: 'notices', open: keys('m'), says: /╭─ Notices/ },
  { name: 'the last of the notices', open: keys('m', 'G'), says: /╭─ Notices/ },
  { name: 'the cause of a failure', open: keys('e'), least: 1, says: /╭─ [a-z]+-.*─╮/ },
  { name: 'a question about one', open: keys('t'), least: 1, says: /╭─ Terminate [a-z]+-/ },
  { name: 'a question about all', open: keys('*', 'u'), least: 2, says: /╭─ Push .*\d nodes/ },
  {
    name: 'a question whose answer is typed',
    open: keys('*', 'R', 'no', keyboard.enter),
    least: 30,
    says: /Type [a-z]+/,
  },
  { name: 'logs to choose from', open: keys('l'), least: 1, says: /Which log of/ },
  { name: 'logs of all to choose from', open: keys('*', 'L'), least: 1, says: /Which log of/ },
  { name: 'what to copy', open: keys('y'), least: 1, says: /╭─ Copy/ },
  { name: 'a link', open: keys('o'), least: 1, says: /https:/ },
  { name: 'links', open: keys('*', 'o'), least: 2, says: /https:|╭─ Nodes/ },
  { name: 'the question whether to leave', open: keys(keyboard.controlC), says: /╭─ Leave/ },
];

/** Back to the table as it was in the beginning. */
const reset = ({ model: { view } }: Shown) => {
  view.dispatch({ type: 'close' });
  view.dispatch({ type: 'answered' });
  while (view.getState().screens.length > 0) view.dispatch({ type: 'back' });
  view.dispatch({ type: 'change-fleet', fleet: initialFleetView });
};

/** OSC 8: what makes a text a link. */
const link = /\u001B\]8;;[!-~]*(?:\u0007|\u001B\\)/g;

/** Rows that were looked at, with the width of their window. */
const checked = new Map<string, number>();

/** Fails for a frame that is not the window, whole and harmless. */
const check = (shown: Shown, { columns, rows }: Size, name = '') => {
  const lines = shown.lines();
  assert.equal(lines.length, rows, `${name}\n${shown.screen()}`);
  for (const row of lines) {
    const text = row.replace(link, '');
    // Measuring costs, and most rows are ASCII or were there before.
    if (text.length <= columns && /^[ -~]*$/.test(text)) continue;
    if (checked.get(text) === columns) continue;
    checked.set(text, columns);
    const width = stringWidth(text);
    assert.ok(width <= columns, `${name}, ${width} columns: ${JSON.stringify(row)}`);
    assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u, name);
  }
  assert.match(lines.at(-1) ?? '', /\? help {2}q (quit|back)/, shown.screen());
};

/** Goes to every view and looks at it. */
const visit = async (
  content: Content,
  fleet: FleetState,
  options: ShowOptions & Size,
  look: (shown: Shown, says: RegExp) => void,
) => {
  const shown = await showFleet(fleet, options);
  const faults: string[] = [];
  for (const { name, open, least = 0, says } of views) {
    if (fleet.nodes.size < least) continue;
    await open(shown, content);
    try {
      look(shown, says);
    } catch (error) {
      faults.push(`${name}: ${String(error)}`);
    }
    reset(shown);
  }
  assert.ok(faults.length === 0, faults.join('\n\n'));
};

const nodesFor: Readonly<
  Record<Kind, readonly (readonly [nodes: number, sizes: readonly Size[]])[]>
> = {
  ordinary: [
    [0, [usual, big]],
    [1, [usual, big]],
    [30, [smallest, usual, big]],
    [2000, [usual, big]],
  ],
  longest: [
    [1, [usual]],
    [30, [smallest, usual, bigger, big]],
    [2000, [big]],
  ],
  hostile: [
    [0, [usual]],
    [30, [smallest, usual, bigger, big]],
    [2000, [usual]],
  ],
};

for (const kind of kinds) {
  const content = contents[kind];
  for (const [count, sizes] of nodesFor[kind]) {
    describe(`every screen of ${count} nodes with ${kind} values`, () => {
      const fleet = fleetOf(content, count);
      for (const size of sizes) {
        test(`fills ${size.columns}x${size.rows} and never exceeds it`, () =>
          visit(content, fleet, size, (shown, says) => {
            check(shown, size);
            assert.match(shown.screen(), says);
          }));
      }
    });
  }
}

for (const [kind, size] of [
  ['ordinary', usual],
  ['longest', big],
  ['longest', smallest],
] as const) {
  const { columns, rows } = size;
  test(`every screen with ${kind} values is ASCII at ${columns}x${rows} where the terminal has no more`, async () => {
    const content = contents[kind];
    await visit(content, fleetOf(content, 30), { ...size, hasUnicode: false }, (shown) => {
      check(shown, size);
      assert.match(shown.screen().replace(link, ''), /^[\n -~]*$/);
    });
  });
}

test('no node puts anything harmful on its page, or on that of its cause', async () => {
  const content = contents.hostile;
  const shown = await showFleet(fleetOf(content, hostile.length), bigger);
  openNode(shown, nodeOf(content, 0));
  for (const name of Object.keys(hostileTexts)) {
    await shown.settle();
    check(shown, bigger, name);
    await shown.press('e');
    check(shown, bigger, `${name}, its cause`);
    shown.model.view.dispatch({ type: 'close' });
    await shown.press(']');
  }
});
