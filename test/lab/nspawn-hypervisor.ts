import type {
  Hypervisor,
  MachineAddress,
  MachineFault,
  MachineRequest,
} from '../../source/sandbox/hypervisor.ts';
import { removeParentGroup } from './control-group.ts';
import { Machine } from './machine.ts';
import type { MachineQuirks } from './machine-disk.ts';
import { takeSlot } from './machine-slot.ts';

export type NspawnOptions = {
  /** Root file system to lay the machine's own over. */
  readonly image: (request: MachineRequest) => string;
  /** How the n-th machine, counted from 0, differs from one that behaves. */
  readonly quirks: (index: number, request: MachineRequest) => MachineQuirks;
};

/** EC2's consoles keep this many bytes. */
const consoleLimit = 64 * 1024;

/** Machines as systemd-nspawn containers on this host. Linux and root only. */
export class NspawnHypervisor implements Hypervisor {
  readonly #options: NspawnOptions;
  readonly #machines = new Map<string, Machine>();
  #launched = 0;
  readonly #onExit = (): void => {
    for (const machine of this.#machines.values()) machine.killNow();
  };

  constructor(options: NspawnOptions) {
    this.#options = options;
    process.once('exit', this.#onExit);
  }

  async launch(request: MachineRequest): Promise<MachineAddress> {
    const image = this.#options.image(request);
    const index = this.#launched;
    this.#launched += 1;
    const quirks = this.#options.quirks(index, request);
    const slot = await takeSlot();
    const machine = new Machine(request, slot, quirks, index);
    this.#machines.set(request.instanceId, machine);
    await machine.start(image, request);
    return { publicAddress: slot.machineAddress, privateAddress: slot.machineAddress };
  }

  async terminate(instanceId: string): Promise<void> {
    const machine = this.#machines.get(instanceId);
    if (machine === undefined) return;
    this.#machines.delete(instanceId);
    await machine.remove();
  }

  async consoleOutput(instanceId: string): Promise<string> {
    const text = await this.machine(instanceId).console();
    return Buffer.from(text).subarray(-consoleLimit).toString();
  }

  async injectFault(instanceId: string, fault: MachineFault): Promise<void> {
    const machine = this.machine(instanceId);
    switch (fault) {
      case 'cut-ssh':
        await machine.cutSsh();
        return;
      case 'reboot':
        await machine.reboot();
        return;
      case 'fill-disk':
      case 'stop-service':
        throw new Error(`The lab has no ${fault}: run a command on the machine instead.`);
      default:
        fault satisfies never;
    }
  }

  /** A running machine; throws for one that isn't there. */
  machine(instanceId: string): Machine {
    const machine = this.#machines.get(instanceId);
    if (machine === undefined) throw new Error(`No machine ${instanceId} in the lab.`);
    return machine;
  }

  /** In the order of their launch. */
  get machines(): readonly Machine[] {
    return [...this.#machines.values()].sort((first, second) => first.index - second.index);
  }

  /** Ends all machines and removes everything of them. */
  async close(): Promise<void> {
    process.off('exit', this.#onExit);
    await Promise.all([...this.#machines.keys()].map((id) => this.terminate(id)));
    await removeParentGroup();
  }
}
