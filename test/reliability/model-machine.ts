import { setTimeout as sleep } from 'node:timers/promises';
import type { MachineRequest } from '../../source/sandbox/hypervisor.ts';
import { generateHostKey, type HostKey } from '../../source/sandbox/node/host-key.ts';
import type { ModelFiles } from './model-files.ts';

/** How long a machine takes, in milliseconds. */
export type MachineTimes = {
  /** Until SSH answers. */
  readonly boot: number;
  /** From then on until cloud-init is done. */
  readonly cloudInit: number;
  readonly configure: number;
};

/** What is true of a machine that behaves like a node: no process, no disk. */
export class ModelMachine {
  readonly request: MachineRequest;
  readonly times: MachineTimes;
  readonly bootedAt = performance.now();
  /** The machine's own, as its console shows it. */
  readonly hostKey: HostKey = generateHostKey();
  /** What is offered in its place, by whoever sits in between. */
  offeredKey: HostKey | undefined;
  isOpen = false;
  isDiskFull = false;
  /** Uploaded whole, and not applied yet. */
  pending: ModelFiles | undefined;
  applied: ModelFiles | undefined;
  /** When each service was started, in seconds since boot. */
  readonly services = new Map<string, number>();
  /** How often it was drained. */
  drains = 0;
  /** Milliseconds since the Unix epoch, if EC2 has announced its end. */
  reclaimAt: number | undefined;
  /** Whether cloud-init is done. */
  isPrepared = false;
  /** Whether cloud-init has something to tell: then nothing goes on by itself after an upload. */
  hasWarnings = false;
  readonly #cloudInit = Promise.withResolvers<void>();
  readonly #announced = Promise.withResolvers<void>();

  constructor(request: MachineRequest, times: MachineTimes) {
    this.request = request;
    this.times = times;
  }

  /** Seconds since boot. */
  get uptime(): number {
    return 100 + (performance.now() - this.bootedAt) / 1000;
  }

  get console(): string {
    if (!this.isOpen) return 'Linux version 6.8.0\n';
    const { fingerprint, line } = this.hostKey;
    return [
      'Linux version 6.8.0',
      '<14>Jan  1 00:00:00 cloud-init: #############################################################',
      '<14>Jan  1 00:00:00 cloud-init: -----BEGIN SSH HOST KEY FINGERPRINTS-----',
      `<14>Jan  1 00:00:00 cloud-init: 256 ${fingerprint} root@ip-10-0-0-1 (ED25519)`,
      '<14>Jan  1 00:00:00 cloud-init: -----END SSH HOST KEY FINGERPRINTS-----',
      '-----BEGIN SSH HOST KEY KEYS-----',
      `${line} root@ip-10-0-0-1`,
      '-----END SSH HOST KEY KEYS-----',
      '',
    ].join('\n');
  }

  /** Boots; its SSH answers when this resolves. */
  async boot(signal: AbortSignal): Promise<void> {
    await sleep(this.times.boot, undefined, { signal });
    this.isOpen = true;
    sleep(this.times.cloudInit, undefined, { signal }).then(
      () => {
        this.isPrepared = true;
        this.#cloudInit.resolve();
      },
      () => {
        // Terminated first.
      },
    );
  }

  /** Resolves once cloud-init is done. */
  get prepared(): Promise<void> {
    return this.#cloudInit.promise;
  }

  /** Resolves once EC2 has announced the machine's end. */
  get announced(): Promise<void> {
    return this.#announced.promise;
  }

  announce(time: number): void {
    this.reclaimAt = time;
    this.#announced.resolve();
  }

  /** What configure-services does. */
  apply(): void {
    if (this.pending === undefined) return;
    this.applied = this.pending;
    this.pending = undefined;
    this.services.clear();
    for (const { isStarted, unit } of this.applied.services) {
      if (isStarted) this.services.set(unit, this.uptime);
    }
  }
}
