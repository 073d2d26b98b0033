import { render } from 'ink';
import type { FleetActions } from '../fleet/actions.ts';
import type { PlaybackControls } from '../fleet/playback-controls.ts';
import type { FleetStore } from '../fleet/store.ts';
import { createClock } from './clock.ts';
import { Dashboard } from './dashboard.tsx';
import { DashboardContext, type DashboardModel } from './dashboard-context.ts';
import { createNodeOrder } from './fleet-screen/node-order.ts';
import { holdConsole } from './hold-console.ts';
import { interrupt } from './keys/handle-key.ts';
import { createKeyMap, type KeyMap } from './keys/key-map.ts';
import type { DashboardOutcome } from './outcome.ts';
import { createFileSaver, type SaveFile } from './save-file.ts';
import { createStore } from './store.ts';
import { detectFeatures } from './terminal/features.ts';
import { redrawAfterResize } from './terminal/redraw-after-resize.ts';
import { sequences } from './terminal/sequences.ts';
import { TerminalSession } from './terminal/terminal-session.tsx';
import { detectTheme } from './theme.ts';
import type { ShellState } from './use-shell.ts';
import { initialView, reduceView } from './view-state.ts';

export type DashboardOptions = {
  readonly store: FleetStore;
  /** What the keys do to nodes. Absent in a recording: then those keys say so. */
  readonly actions?: FleetActions;
  /** Closes the dashboard when it aborts. */
  readonly signal?: AbortSignal;
  /** What is shown, in the upper left corner. Default: `spot-tui`. */
  readonly title?: string;
  /**
   * Whether the terminal tells of the fleet outside of the screen too: by its window's title, by
   * progress in the taskbar, and by the bell. Default: false.
   */
  readonly notifies?: boolean;
  /**
   * Whether this process runs the pipeline of a node; `r` then has to wait until that has failed.
   * Default: of every node.
   */
  readonly isDriven?: (node: string) => boolean;
  /**
   * A command line about the same deployment, for what the screen tells to type. Default: `spot-tui`
   * and the command.
   */
  readonly commandLine?: (command: string) => string;
  /** Which keys do what. Default: what they do unless a configuration says otherwise. */
  readonly keyMap?: KeyMap;
  /** The time in milliseconds since the Unix epoch. A replay passes its own. Default: `Date.now`. */
  readonly now?: () => number;
  /** Reads a node's log since the beginning of this run, where that is recorded. */
  readonly readLog?: DashboardModel['readLog'];
  /** Reads what happened to the fleet over all recorded runs. */
  readonly readHistory?: DashboardModel['readHistory'];
  /** How the recording that is shown is played. */
  readonly playback?: PlaybackControls;
  /** Writes what is exported. Default: into the current folder. */
  readonly saveFile?: SaveFile;
  /** Called once, when the first frame was drawn. */
  readonly onFirstFrame?: () => void;
  readonly stdin?: NodeJS.ReadStream;
  readonly stdout?: NodeJS.WriteStream;
  readonly stderr?: NodeJS.WritableStream;
  /** Says what the terminal can show. Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
};

/**
 * Times per second that Ink draws, at most. Far more than the fleet changes what is shown: Ink waits
 * for that long after each change, and a change that comes meanwhile begins the wait again.
 */
const maxFps = 100;

/**
 * Shows the fleet on the alternate screen until someone quits. While it does, it answers SIGINT,
 * SIGTERM and SIGHUP, and holds what is written to the console, which goes to stderr afterwards.
 * The terminal is as it was before when the promise settles.
 *
 * @throws whatever a component threw
 */
export const runDashboard = async (options: DashboardOptions): Promise<DashboardOutcome> => {
  const {
    store,
    actions,
    signal,
    title = 'spot-tui',
    notifies = false,
    isDriven = () => true,
    commandLine = (command) => `spot-tui ${command}`,
    keyMap = createKeyMap({ isRecording: actions === undefined }).keyMap,
    now = Date.now,
    saveFile = createFileSaver(process.cwd()),
    onFirstFrame,
    readLog,
    readHistory,
    playback,
    stdin = process.stdin,
    stdout = process.stdout,
    stderr = process.stderr,
    environment = process.env,
  } = options;
  if (signal?.aborted === true) return { type: 'aborted' };

  const model: DashboardModel = {
    fleet: store,
    view: createStore(initialView, reduceView),
    order: createNodeOrder(),
    clock: createClock(now),
    theme: detectTheme(environment, process.platform),
    keys: keyMap,
    commandLine,
    isInTmux: (environment.TMUX ?? '') !== '',
    ...(readLog === undefined ? {} : { readLog }),
    ...(readHistory === undefined ? {} : { readHistory }),
    ...(playback === undefined ? {} : { playback }),
  };
  const shellState: ShellState = { isOpen: false };
  const left = new AbortController();
  let outcome: DashboardOutcome | undefined;
  let hasDrawn = false;

  const leave = (reason: DashboardOutcome) => {
    if (outcome !== undefined) return;
    outcome = reason;
    left.abort();
    // Ink leaves the alternate screen once more, which takes the cursor back to where it was saved.
    if (shellState.isOpen) stdout.write(sequences.saveCursor);
    instance.unmount();
  };
  const onAbort = () => leave({ type: 'aborted' });
  const onInterrupt = () => {
    // While a shell has the terminal, ctrl-c is the shell's.
    if (!shellState.isOpen) interrupt(model, leave);
  };
  const onTerminate = () => leave({ type: 'interrupted', signal: 'SIGTERM' });
  const onHangUp = () => leave({ type: 'interrupted', signal: 'SIGHUP' });

  const stopCatchingUp = store.subscribe(model.clock.catchUp);
  const releaseConsole = holdConsole();
  signal?.addEventListener('abort', onAbort);
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  process.on('SIGHUP', onHangUp);
  // A terminal that is gone fails writes and ends reads; not every system sends SIGHUP as well.
  for (const stream of [stdin, stdout, stderr]) stream.on('error', onHangUp);
  stdin.on('end', onHangUp);

  const instance = render(
    <DashboardContext value={model}>
      <TerminalSession
        features={detectFeatures(environment)}
        program={title}
        notifies={notifies}
        shellState={shellState}
        stdout={stdout}
      >
        <Dashboard
          title={title}
          actions={actions}
          isDriven={isDriven}
          platform={process.platform}
          leave={leave}
          saveFile={saveFile}
          shellState={shellState}
          signal={left.signal}
        />
      </TerminalSession>
    </DashboardContext>,
    {
      stdin,
      stdout,
      alternateScreen: true,
      incrementalRendering: true,
      // Ink would draw nothing where it believes to be in CI; that this is a terminal is known.
      interactive: true,
      exitOnCtrlC: false,
      // Its mode for screen readers prints the whole screen at every change; ours are lines.
      isScreenReaderEnabled: false,
      // Ink would print between the frames of a screen that nobody can scroll back.
      patchConsole: false,
      maxFps,
      onRender: () => {
        if (hasDrawn) return;
        hasDrawn = true;
        onFirstFrame?.();
      },
    },
  );

  const stopRedrawing = redrawAfterResize(instance, {
    stdout,
    isOurs: () => !shellState.isOpen && outcome === undefined,
  });

  try {
    await instance.waitUntilExit();
  } finally {
    stopRedrawing();
    stopCatchingUp();
    left.abort();
    stdin.pause();
    stdin.off('end', onHangUp);
    const isTerminalGone = outcome?.type === 'interrupted' && outcome.signal === 'SIGHUP';
    // Where the terminal is gone, the caller's last words must not end the process another way.
    if (!isTerminalGone) {
      for (const stream of [stdin, stdout, stderr]) stream.off('error', onHangUp);
    }
    process.off('SIGHUP', onHangUp);
    process.off('SIGTERM', onTerminate);
    process.off('SIGINT', onInterrupt);
    signal?.removeEventListener('abort', onAbort);
    const held = releaseConsole();
    if (held !== '') stderr.write(held);
  }
  return outcome ?? { type: 'quit' };
};
