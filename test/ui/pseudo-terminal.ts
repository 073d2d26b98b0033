import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import xterm from '@xterm/headless';
import { build } from 'esbuild';

/** util-linux's gives a program a terminal; that of other systems takes other options. */
export const hasPseudoTerminals =
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util') ?? false;

export type PseudoTerminalOptions = {
  /** What `terminal-fixture.tsx` is called with. */
  readonly mode?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Whether a shell with job control runs it, as people's shells are. Default: true. */
  readonly isJob?: boolean;
  /** Of the window. Default: 100 and 30. */
  readonly columns?: number;
  readonly rows?: number;
};

/** What was on the screen before the program began. */
const before = ['first line of the shell', 'second line of the shell'];

const opening = `
stty rows "$WINDOW_ROWS" columns "$WINDOW_COLUMNS"
stty -a >"$FOLDER/settings-before"
tty >"$FOLDER/tty"
printf '\\033]2;title of the shell\\033\\\\%s\\n%s\\n' "${before.join('" "')}"
`;

const fixture = '"$NODE" "$FIXTURE" $MODE';

/** The fixture in one file, which starts several times as fast. */
const bundle = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'spot-tui-fixture-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  await build({
    entryPoints: ['test/ui/terminal-fixture.tsx'],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What is only loaded while developing stays apart, and is never loaded.
    splitting: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    jsx: 'automatic',
    minifySyntax: true,
    logLevel: 'warning',
    external: ['react-devtools-core'],
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return join(folder, 'terminal-fixture.mjs');
};

const fixtureFile = hasPseudoTerminals ? await bundle() : '';

/**
 * Runs the fixture as a job: a line of input continues it after it was stopped, `kill` ends it in
 * the background first. A function, since the shell leaves its loops when a job in them is stopped.
 */
const job = `
foreground() {
  fg >/dev/null
  status=$?
  if [ $status -ge 147 ]; then
    stty -a >"$FOLDER/settings-stopped"
    echo "the job is stopped"
    read -r line
    if [ "$line" = kill ]; then kill %1; read -r line; fi
    foreground
  fi
}
${fixture} & echo $! >"$FOLDER/pid"
foreground
`;

const ending = `
echo "status $status"
stty -a >"$FOLDER/settings-after"
`;

/** A shell in a terminal, and what a person would see in it. */
export class PseudoTerminal {
  /** Everything that was written to the terminal. */
  output = '';
  title = '';
  bells = 0;
  /** What OSC 9 said. */
  readonly notices: string[] = [];
  readonly #folder: string;
  readonly #child;
  readonly #closed: Promise<unknown>;
  readonly #emulator;
  readonly #watchers = new Set<() => void>();

  private constructor(folder: string, options: PseudoTerminalOptions) {
    const { columns = 100, environment, isJob = true, mode = 'plain', rows = 30 } = options;
    this.#emulator = new xterm.Terminal({
      cols: columns,
      rows,
      allowProposedApi: true,
      windowOptions: { pushTitle: true, popTitle: true },
    });
    const command = isJob ? job : `${fixture}; status=$?`;
    this.#folder = folder;
    this.#emulator.onTitleChange((title) => {
      this.title = title;
    });
    this.#emulator.onBell(() => {
      this.bells++;
    });
    this.#emulator.parser.registerOscHandler(9, (text) => {
      this.notices.push(text);
      return true;
    });
    this.#child = spawn('script', ['-qec', `bash ${isJob ? '-m' : ''} -c "$SCRIPT"`, '/dev/null'], {
      env: {
        // Nothing of the terminal that the tests themselves run in.
        PATH: process.env.PATH,
        HOME: folder,
        FOLDER: folder,
        NODE: process.execPath,
        FIXTURE: fixtureFile,
        SCRIPT: opening + command + ending,
        MODE: mode,
        WINDOW_COLUMNS: String(columns),
        WINDOW_ROWS: String(rows),
        LC_ALL: 'C.UTF-8',
        TERM: 'xterm',
        ...environment,
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#closed = once(this.#child, 'close');
    this.#child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      this.output += chunk;
      this.#emulator.write(chunk, () => {
        for (const watcher of [...this.#watchers]) watcher();
      });
    });
  }

  /** Runs the fixture until the play is over; whatever came of it, nothing is left behind. */
  static async run(
    options: PseudoTerminalOptions,
    play: (terminal: PseudoTerminal) => Promise<void>,
  ): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'spot-tui-terminal-'));
    const terminal = new PseudoTerminal(folder, options);
    try {
      await terminal.listens();
      await play(terminal);
    } finally {
      // Hangs up, which ends everything in the terminal; that may still write a file.
      terminal.#child.kill('SIGKILL');
      await terminal.#closed;
      await rm(folder, { recursive: true, maxRetries: 10 });
    }
  }

  get isAlternate(): boolean {
    return this.#emulator.buffer.active.type === 'alternate';
  }

  /** The lines of the window, without the blanks at their ends. */
  get lines(): string[] {
    const { active } = this.#emulator.buffer;
    return Array.from({ length: this.#emulator.rows }, (_, row) =>
      (active.getLine(active.baseY + row)?.translateToString(true) ?? '').trimEnd(),
    );
  }

  /** Everything on the main screen, with what has left it at the top. */
  get history(): string[] {
    const { normal } = this.#emulator.buffer;
    return Array.from({ length: normal.length }, (_, row) =>
      (normal.getLine(row)?.translateToString(true) ?? '').trimEnd(),
    );
  }

  get screen(): string {
    return this.lines.join('\n').trimEnd();
  }

  /** Colours in the window, of text and behind it: names of the palette, or what else was asked for. */
  get colours(): ReadonlySet<string> {
    const { active } = this.#emulator.buffer;
    const found = new Set<string>();
    for (let row = 0; row < this.#emulator.rows; row++) {
      const line = active.getLine(active.baseY + row);
      for (let column = 0; column < this.#emulator.cols; column++) {
        const cell = line?.getCell(column);
        if (cell === undefined) continue;
        if (!cell.isFgDefault()) found.add(colourName(cell.isFgPalette(), cell.getFgColor()));
        if (!cell.isBgDefault())
          found.add(`on ${colourName(cell.isBgPalette(), cell.getBgColor())}`);
      }
    }
    return found;
  }

  get modes() {
    return this.#emulator.modes;
  }

  /** Waits until something holds, looking whenever something was written. */
  async untilHolds(condition: () => boolean, wanted: string, seconds = 30): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => {
      if (condition()) resolve();
    };
    const timer = setTimeout(
      () => reject(new Error(`The terminal never showed ${wanted}:\n${this.screen}`)),
      seconds * 1000,
    );
    this.#watchers.add(look);
    look();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#watchers.delete(look);
    }
  }

  /** Waits until the window shows something. */
  until(text: string | RegExp): Promise<void> {
    return this.untilHolds(
      () => (typeof text === 'string' ? this.screen.includes(text) : text.test(this.screen)),
      String(text),
    );
  }

  /** Waits until the dashboard is there and listens to keys, which it does after its first frame. */
  listens(): Promise<void> {
    return this.untilHolds(
      () =>
        this.isAlternate && this.modes.bracketedPasteMode && this.screen.includes('us-west-2-2'),
      'a dashboard that listens to keys',
    );
  }

  type(keys: string): void {
    this.#child.stdin.write(keys);
  }

  async signal(name: NodeJS.Signals): Promise<void> {
    process.kill(Number(await this.#read('pid')), name);
  }

  /** Gives the window another size, as a person does who drags its corner. */
  async resize(columns: number, rows: number): Promise<void> {
    const size = ['rows', String(rows), 'columns', String(columns)];
    const device = (await this.#read('tty')).trim();
    this.#emulator.resize(columns, rows);
    const [status] = await once(spawn('stty', ['-F', device, ...size]), 'close');
    assert.equal(status, 0);
  }

  /**
   * Waits until the program has stopped; the terminal has to be as it was before it began.
   *
   * @param time how often it has by then
   */
  async stops(time = 1): Promise<void> {
    await this.untilHolds(
      () => !this.isAlternate && this.screen.split('the job is stopped').length > time,
      'that the job is stopped',
    );
    this.#checkScreen();
    await this.#checkSettings('settings-stopped');
  }

  /** Waits until the program has ended; the terminal has to be as it was before it began. */
  async ends(status = 0): Promise<void> {
    await this.until(/^status \d+$/m);
    await this.#closed;
    await new Promise<void>((resolve) => this.#emulator.write('', resolve));
    assert.match(this.screen, new RegExp(`^status ${status}$`, 'm'));
    this.#checkScreen();
    await this.#checkSettings('settings-after');
  }

  #checkScreen(): void {
    assert.equal(this.isAlternate, false);
    assert.deepEqual(this.history.slice(0, before.length), before);
    assert.doesNotMatch(
      this.history.join('\n'),
      /us-west-2-2/,
      'what the dashboard showed is gone',
    );
    assert.equal(this.title, 'title of the shell');
    assert.equal(this.modes.bracketedPasteMode, false);
    assert.equal(this.modes.mouseTrackingMode, 'none');
    for (const [set, reset] of pairs) {
      const [last, previous] = [this.output.lastIndexOf(reset), this.output.lastIndexOf(set)];
      assert.ok(last >= previous, `${JSON.stringify(reset)} follows ${JSON.stringify(set)}`);
    }
  }

  async #checkSettings(name: string): Promise<void> {
    const [now, then] = await Promise.all(
      [name, 'settings-before'].map(async (each) =>
        // The window's size is the window's.
        (await this.#read(each)).replace(/rows \d+; columns \d+/, ''),
      ),
    );
    assert.equal(now, then);
  }

  #read(name: string): Promise<string> {
    return readFile(join(this.#folder, name), 'utf8');
  }
}

/** Sequences that set something, each with the one that puts it back. */
const pairs: readonly (readonly [set: string, reset: string])[] = [
  ['\u001B[?25l', '\u001B[?25h'],
  ['\u001B[?1007h', '\u001B[?1007r'],
  ['\u001B[22;2t', '\u001B[23;2t'],
  ['\u001B]9;4;1', '\u001B]9;4;0'],
  ['\u001B]9;4;2', '\u001B]9;4;0'],
];

const palette = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

const colourName = (isPalette: boolean, colour: number): string => {
  const name = isPalette ? palette[colour % 8] : undefined;
  return name === undefined || colour > 15
    ? `colour ${colour}`
    : `${colour > 7 ? 'bright ' : ''}${name}`;
};
