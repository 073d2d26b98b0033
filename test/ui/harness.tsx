import assert from 'node:assert/strict';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { render, cleanup as unmountAll } from 'ink-testing-library';
import stringWidth from 'string-width';
import type { FleetEvent } from '../../source/events/event.ts';
import type {
  FleetActions,
  LogRequest,
  SeenInstances,
  SshCommand,
} from '../../source/fleet/actions.ts';
import type { PlaybackControls } from '../../source/fleet/playback-controls.ts';
import { emptyFleet, reduceAll } from '../../source/fleet/reducer.ts';
import type { FleetState } from '../../source/fleet/state.ts';
import { createFleetStore } from '../../source/fleet/store.ts';
import type { Clock, Tick } from '../../source/ui/clock.ts';
import { Dashboard } from '../../source/ui/dashboard.tsx';
import { DashboardContext, type DashboardModel } from '../../source/ui/dashboard-context.ts';
import { createNodeOrder } from '../../source/ui/fleet-screen/node-order.ts';
import { createKeyMap } from '../../source/ui/keys/key-map.ts';
import type { DashboardOutcome } from '../../source/ui/outcome.ts';
import { createStore } from '../../source/ui/store.ts';
import { createTheme } from '../../source/ui/theme.ts';
import { initialView, reduceView } from '../../source/ui/view-state.ts';
import { start } from './events.ts';

/** A clock that only moves when it is told to. */
export const createManualClock = () => {
  const listeners = { second: new Set<() => void>(), frame: new Set<() => void>() };
  let now = start;
  let frame = 0;
  const clock: Clock = {
    now: () => now,
    frame: () => frame,
    catchUp: () => undefined,
    subscribe(tick: Tick, listener) {
      listeners[tick].add(listener);
      return () => {
        listeners[tick].delete(listener);
      };
    },
  };
  return {
    clock,
    listeners,
    passSeconds(seconds: number) {
      now += seconds * 1000;
      for (const listener of [...listeners.second]) listener();
    },
    passFrame() {
      frame++;
      for (const listener of [...listeners.frame]) listener();
    },
  };
};

// Ink runs programs to learn the size of a terminal that has none, and ours gets its own a little later.
Object.assign(process.env, { COLUMNS: '100', LINES: '24' });

/** What React complained about: two children with one key, a component that changed while drawn. */
const complaints: string[] = [];
console.error = (...values: unknown[]) => {
  complaints.push(values.map(String).join(' '));
};

/** Takes all dashboards down, and fails if React had to complain about one. */
export const cleanup = (): void => {
  unmountAll();
  assert.deepEqual(complaints.splice(0), []);
};

export type ShowOptions = {
  readonly columns?: number;
  readonly rows?: number;
  readonly hasUnicode?: boolean;
  readonly isDriven?: (node: string) => boolean;
  readonly isRecording?: boolean;
  readonly sshCommand?: SshCommand;
  /** Whether the nodes have a page in a console. Default: true. */
  readonly hasConsole?: boolean;
  readonly isInTmux?: boolean;
  readonly playback?: PlaybackControls;
  readonly readHistory?: DashboardModel['readHistory'];
};

/** The dashboard on a made-up terminal, over a fleet to which these events happened. */
export const show = (events: readonly FleetEvent[], options: ShowOptions = {}) =>
  showFleet(reduceAll(emptyFleet, events), options);

/** The dashboard on a made-up terminal, over this fleet. */
export const showFleet = async (fleet: FleetState, options: ShowOptions = {}) => {
  const { columns = 80, rows = 24, hasUnicode = true, isDriven = () => true } = options;
  const store = createFleetStore(fleet);
  const time = createManualClock();
  const model: DashboardModel = {
    fleet: store,
    view: createStore(initialView, reduceView),
    order: createNodeOrder(),
    clock: time.clock,
    theme: createTheme({ hasColour: false, hasUnicode }),
    keys: createKeyMap({ isRecording: options.isRecording === true }).keyMap,
    commandLine: (command) => `spot-tui ${command} --sandbox`,
    isInTmux: options.isInTmux === true,
    ...(options.playback === undefined ? {} : { playback: options.playback }),
    ...(options.readHistory === undefined ? {} : { readHistory: options.readHistory }),
  };
  const calls: string[] = [];
  const confirmations: (SeenInstances | undefined)[] = [];
  const logRequests: { readonly request: LogRequest; readonly signal: AbortSignal }[] = [];
  const record = (name: string) => (nodes: readonly string[], more?: unknown) => {
    calls.push([name, ...nodes, ...(more === undefined ? [] : [JSON.stringify(more)])].join(' '));
    return calls.length;
  };
  const actions: FleetActions = {
    configure: record('configure'),
    push: record('push'),
    retry: record('retry'),
    doctor: record('doctor'),
    exec: record('exec'),
    terminate: (nodes, confirmed) => {
      confirmations.push(confirmed);
      return record('terminate')(nodes);
    },
    replace: (nodes, confirmed) => {
      confirmations.push(confirmed);
      return record('replace')(nodes);
    },
    launch: (count, region) => record('launch')([`${count}`], region),
    cancel: (id) => {
      calls.push(`cancel ${id}`);
    },
    followLogs: (request, signal) => {
      logRequests.push({ request, signal });
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve());
      });
    },
    sshCommand: () => options.sshCommand,
    consoleLink: (node) =>
      options.hasConsole === false ? undefined : `https://console.example/${node}`,
  };
  const saved: { readonly path: string; readonly content: string }[] = [];
  const outcomes: DashboardOutcome[] = [];
  const controller = new AbortController();
  const terminal = render(
    <DashboardContext value={model}>
      <Dashboard
        title="spot-tui"
        actions={options.isRecording === true ? undefined : actions}
        isDriven={isDriven}
        platform="linux"
        leave={(outcome) => outcomes.push(outcome)}
        saveFile={async (path, content) => {
          saved.push({ path, content });
          return path;
        }}
        shellState={{ isOpen: false }}
        signal={controller.signal}
      />
    </DashboardContext>,
  );
  const resize = (size: { columns: number; rows: number }) => {
    for (const [name, value] of Object.entries(size)) {
      Object.defineProperty(terminal.stdout, name, { value, configurable: true });
    }
    terminal.stdout.emit('resize');
  };
  resize({ columns, rows });
  const screen = () => terminal.lastFrame() ?? '';
  const width = () =>
    Math.max(
      ...screen()
        .split('\n')
        .map((line) => stringWidth(line)),
    );
  const fills = () =>
    (screen().split('\n').length === rows && width() === columns) ||
    screen().includes(`${columns}x${rows}`);
  /**
   * Waits until React has drawn and has nothing left to do. It works in turns of the event loop:
   * an effect that leads to another frame does so in the turn after the frame before.
   */
  const settle = async () => {
    for (let quiet = 0; quiet < 4; quiet++) {
      const before = terminal.frames.length;
      await nextTurn();
      if (terminal.frames.length > before) quiet = 0;
    }
  };
  // The size is looked at in an effect, and effects take their time.
  for (let attempt = 0; attempt < 2000 && !fills(); attempt++) await sleep(5);
  await settle();

  return {
    ...terminal,
    store,
    model,
    time,
    calls,
    /** The instances that terminations and replacements were agreed to for. */
    confirmations,
    /** What was asked to be followed. */
    logRequests,
    /** Files that were written. */
    saved,
    outcomes,
    resize,
    screen,
    lines: () => screen().split('\n'),
    /** The line that holds the text. */
    line: (text: string) =>
      screen()
        .split('\n')
        .find((line) => line.includes(text)) ?? '',
    /** Width of the widest line in terminal columns. */
    width: () =>
      Math.max(
        ...screen()
          .split('\n')
          .map((line) => stringWidth(line)),
      ),
    /** Names of the nodes in the table from the top. */
    rowsOfTable: () =>
      screen()
        .split('\n')
        .map((line) => /^[› >][●* ]([a-z]+-[a-z]+-\d+-\d+) /.exec(line)?.[1])
        .filter((name) => name !== undefined),
    selected: () =>
      screen()
        .split('\n')
        .map((line) => /^[›>][●* ](\S+)/.exec(line)?.[1])
        .find((name) => name !== undefined),
    /** Types keys and lets the screen follow. */
    async press(...keys: string[]) {
      for (const key of keys) {
        terminal.stdin.write(key);
        // A lone escape only counts once nothing followed it for 20 ms.
        if (key === keyboard.escape) await sleep(25);
        await settle();
      }
    },
    /** Lets an event happen and the screen follow. */
    async happen(...happening: FleetEvent[]) {
      const heard = new Promise<void>((resolve) => {
        const stop = store.subscribe(() => {
          stop();
          resolve();
        });
      });
      for (const event of happening) store.dispatch(event);
      await heard;
      await settle();
    },
    settle,
    /** Waits until the screen says something. */
    async until(text: string | RegExp) {
      for (let attempt = 0; attempt < 2000; attempt++) {
        if (typeof text === 'string' ? screen().includes(text) : text.test(screen())) return;
        await sleep(5);
      }
      throw new Error(`The screen never said ${text}:\n${screen()}`);
    },
  };
};

/** What a terminal sends for keys that have no character. */
export const keyboard = {
  up: '\u001B[A',
  down: '\u001B[B',
  right: '\u001B[C',
  left: '\u001B[D',
  pageUp: '\u001B[5~',
  pageDown: '\u001B[6~',
  home: '\u001B[H',
  end: '\u001B[F',
  enter: '\r',
  tab: '\t',
  escape: '\u001B',
  controlC: '\u0003',
} as const;
