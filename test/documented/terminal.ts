import { spawn } from 'node:child_process';
import xterm from '@xterm/headless';

/** What is on the screen. */
type Sight = { readonly text: string; readonly isAlternate: boolean };

type Reaction = {
  readonly when: (sight: Sight) => boolean;
  readonly keys: string;
  /** Milliseconds after which the keys are typed once more while nothing has changed. */
  readonly again?: number;
};

/** What somebody types who wants to get through: each as soon as the screen is as it says. */
const reactions: readonly Reaction[] = [
  { when: ({ text }) => /\[y\/N\]\s*$/.test(text), keys: 'y\r' },
  // A shell on a node.
  {
    when: ({ text, isAlternate }) => !isAlternate && /[\w~/-] ?[$#]\s*$/.test(text),
    keys: 'exit\r',
  },
  // A dashboard in which all is well, or a recording.
  {
    when: ({ text, isAlternate }) => isAlternate && (isAllReady(text) || isRecording(text)),
    keys: 'q',
    // It may not have listened yet.
    again: 2_000,
  },
];

const isAllReady = (text: string): boolean => {
  const [, ready] = /(\d+) ready\b/.exec(text) ?? [];
  const [, nodes] = /(\d+) nodes?\b/.exec(text) ?? [];
  return ready !== undefined && ready === nodes;
};

const isRecording = (text: string): boolean => /\d of \d\d:\d\d:\d\d to \d/.test(text);

export type TerminalOptions = {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds for all of it. */
  readonly patience: number;
};

/** A terminal with somebody at it who answers yes, looks until all is well, and leaves. */
export const Terminal = {
  /** Runs a command by `script` of util-linux, and answers with what was on the screen. */
  async run(words: readonly string[], { cwd, env, patience }: TerminalOptions) {
    const emulator = new xterm.Terminal({ cols: 120, rows: 40, allowProposedApi: true });
    const child = spawn(
      '/usr/bin/env',
      [
        `PATH=${process.env.PATH}`,
        ...['script', '-qefc', `stty columns 120 rows 40; PATH='${env.PATH}' ${words.join(' ')}`],
        '/dev/null',
      ],
      { cwd, env: { ...env, SHELL: '/bin/sh' }, stdio: ['pipe', 'pipe', 'pipe'] },
    );
    // Somebody who types while the program ends.
    child.stdin.on('error', () => undefined);
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      emulator.write(chunk);
    });
    const typed = new Map<string, { readonly text: string; readonly time: number }>();
    const timer = setInterval(() => {
      const sight = look(emulator);
      for (const { again = Number.POSITIVE_INFINITY, keys, when } of reactions) {
        const last = typed.get(keys);
        if (!when(sight)) continue;
        if (last?.text === sight.text && Date.now() < last.time + again) continue;
        typed.set(keys, { text: sight.text, time: Date.now() });
        child.stdin.write(keys);
        return;
      }
    }, 100);
    const deadline = setTimeout(() => child.kill('SIGKILL'), patience);
    try {
      const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
      await new Promise<void>((resolve) => emulator.write('', resolve));
      if (status === null) stderr += `It did not end; the screen was:\n${look(emulator).text}`;
      return { status, stdout: output, stderr };
    } finally {
      clearInterval(timer);
      clearTimeout(deadline);
      emulator.dispose();
    }
  },
};

const look = ({ buffer: { active }, rows }: xterm.Terminal): Sight => {
  const lines = Array.from(
    { length: rows },
    (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
  );
  return { text: lines.join('\n').trimEnd(), isAlternate: active.type === 'alternate' };
};
