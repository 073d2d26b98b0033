import type { ChildProcess } from 'node:child_process';
import type { Disruption } from './chaos-proxy.ts';
import type { ProcessFault } from './fault.ts';

/** Strikes one process of the program at its moment, which a request or a phase is. */
export class ProcessStrike {
  readonly #fault: ProcessFault;
  readonly #note: (text: string) => void;
  #child: ChildProcess | undefined;

  constructor(fault: ProcessFault, note: (text: string) => void) {
    this.#fault = fault;
    this.#note = note;
  }

  /** The phase in which it comes, and how many milliseconds later, where it does not at a request. */
  get phase(): { readonly phase: string; readonly delay: number } | undefined {
    const { at } = this.#fault;
    return at.type === 'phase' ? at : undefined;
  }

  /** The process runs. */
  began(child: ChildProcess): void {
    this.#child = child;
  }

  /**
   * A request comes.
   *
   * @param nth Counts from 0.
   */
  requested(nth: number, action: string): Disruption | undefined {
    const { at } = this.#fault;
    if (at.type !== 'request' || nth !== at.nth) return undefined;
    if (at.when === 'before') this.strike();
    this.#note(`struck at ${action}`);
    // Whoever else it may have been tries again.
    return { type: 'drop', when: at.when };
  }

  /** EC2 got a request, the last one of so many. */
  forwarded(requests: number): void {
    const { at } = this.#fault;
    if (at.type === 'request' && requests > at.nth) this.strike();
  }

  strike(): void {
    const { what } = this.#fault;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return;
    this.#note(`the process is struck: ${what.type}`);
    if (what.type === 'kill') {
      child.kill('SIGKILL');
      return;
    }
    child.kill('SIGSTOP');
    setTimeout(() => child.kill('SIGCONT'), what.milliseconds);
  }

  /** Ends the process, if it runs. */
  end(): void {
    this.#child?.kill('SIGKILL');
  }
}
