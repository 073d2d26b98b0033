import { setTimeout as sleep } from 'node:timers/promises';
import type { PhaseSeen, StruckCommand } from './fault.ts';
import type { ProcessStrike } from './process-strike.ts';
import { type ProgramEnd, runProgram, type World } from './program-in-process.ts';
import { runProcess } from './program-process.ts';
import type { Site } from './site.ts';
import { readEvents } from './told-events.ts';

export type ProgramCallsOptions = {
  readonly site: Site;
  readonly world: World;
  /** What the environment of a process says of EC2. */
  readonly environment: Readonly<Record<string, string>>;
  /** Seconds that phases may take; a command that takes much longer than all of them hangs. */
  readonly timeouts: Readonly<Record<string, number>>;
  /** Hears of a command that hangs and is given up, after so many seconds. */
  readonly onHang: (seconds: number) => void;
  readonly note: (text: string) => void;
};

/** Milliseconds beyond all timeouts in which a command must have ended, and the most that it gets. */
const grace = 60_000;
const longestWait = 400_000;

type AwaitedPhase = { readonly phase: string; readonly callback: (event: PhaseSeen) => void };

const words: Readonly<Record<StruckCommand, readonly string[]>> = {
  create: ['create', '--ci', '--json'],
  push: ['push', '--ci', '--json'],
  destroy: ['destroy', '--yes', '--ci', '--json'],
};

/** Calls the program, hears what it says, and bounds how long it may take. */
export class ProgramCalls {
  /** How the calls ended so far. */
  readonly ends: ProgramEnd[] = [];
  readonly #options: ProgramCallsOptions;
  #awaited: AwaitedPhase[] = [];

  constructor(options: ProgramCallsOptions) {
    this.#options = options;
  }

  /** Calls back once, for the first node that enters a phase; not for those of the companion. */
  whenPhase(phase: string, callback: (event: PhaseSeen) => void): void {
    this.#awaited.push({ phase, callback });
  }

  /** Nobody waits for phases any more. */
  forgetPhases(): void {
    this.#awaited = [];
  }

  /** Runs a command in this process, as the user or as somebody else at another machine. */
  run(
    command: StruckCommand,
    more: readonly string[],
    { isCompanion = false }: { readonly isCompanion?: boolean } = {},
  ): Promise<ProgramEnd> {
    const { note, site, world } = this.#options;
    const all = [...words[command], ...more];
    note(`$ spot-tui ${all.join(' ')}`);
    return this.#bounded(
      runProgram(all, {
        home: isCompanion ? site.otherHome : site.home,
        folder: site.folder,
        world,
        onLine: (line) => {
          note(isCompanion ? `(the other one) ${line}` : line);
          if (!isCompanion) this.#hear(line);
        },
      }),
    );
  }

  /** Runs a command as a process of its own, which is struck. */
  runStruck(command: StruckCommand, strike: ProcessStrike): Promise<ProgramEnd> {
    const { environment, note, site } = this.#options;
    note(`$ spot-tui ${words[command].join(' ')} (a process of its own)`);
    const { phase } = strike;
    if (phase !== undefined) {
      this.whenPhase(phase.phase, () => {
        setTimeout(() => strike.strike(), phase.delay);
      });
    }
    const end = runProcess(words[command], {
      home: site.home,
      folder: site.folder,
      environment,
      onLine: (line) => {
        note(line);
        this.#hear(line);
      },
      onStart: (child) => strike.began(child),
    });
    return this.#bounded(end, () => strike.end());
  }

  async #bounded(work: Promise<ProgramEnd>, giveUp?: () => void): Promise<ProgramEnd> {
    const { note, onHang, timeouts } = this.#options;
    const sum = Object.values(timeouts).reduce((total, seconds) => total + seconds * 1000, 0);
    const limit = Math.min(sum + grace, longestWait);
    const timer = new AbortController();
    const overdue = sleep(limit, undefined, { signal: timer.signal }).then(() => {
      onHang(limit / 1000);
      giveUp?.();
      return { status: 1, stdout: '', stderr: '' };
    });
    overdue.catch(() => undefined);
    const end = await Promise.race([work, overdue]);
    timer.abort();
    this.ends.push(end);
    note(`ended with ${end.status}`);
    for (const line of end.stderr.split('\n').filter(Boolean)) note(`stderr: ${line}`);
    return end;
  }

  #hear(line: string): void {
    const [event] = readEvents(line, []);
    if (event?.event !== 'phase' || typeof event.node !== 'string') return;
    const { instanceId, node, phase } = event;
    const due = this.#awaited.find((each) => each.phase === phase);
    if (due === undefined) return;
    this.#awaited = this.#awaited.filter((each) => each !== due);
    due.callback({ node, ...(typeof instanceId === 'string' ? { instanceId } : {}) });
  }
}
