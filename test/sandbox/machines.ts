import type {
  Hypervisor,
  MachineAddress,
  MachineFault,
  MachineRequest,
} from '../../source/sandbox/hypervisor.ts';

/** Machines that exist by name only: what the endpoint asks of a hypervisor can be seen here. */
export class Machines implements Hypervisor {
  readonly running = new Map<string, MachineRequest>();
  readonly terminated: string[] = [];
  readonly faults: [string, MachineFault][] = [];
  /** Machines that were told of the risk of their end, with the time of it. */
  readonly rebalanced: [string, number][] = [];
  /** Holds launches back as long as it is unresolved. */
  gate: Promise<void> = Promise.resolve();
  /** Text of every console. */
  console = 'Booting\n';
  /** Launches fail with it. */
  defect: string | undefined;
  #count = 0;

  async launch(request: MachineRequest): Promise<MachineAddress> {
    await this.gate;
    if (this.defect !== undefined) throw new Error(this.defect);
    this.running.set(request.instanceId, request);
    this.#count += 1;
    return {
      publicAddress: `127.0.0.${this.#count}`,
      privateAddress: `10.0.0.${this.#count}`,
      sshPort: 2200 + this.#count,
    };
  }

  async terminate(instanceId: string): Promise<void> {
    this.running.delete(instanceId);
    this.terminated.push(instanceId);
  }

  async consoleOutput(instanceId: string): Promise<string> {
    return this.running.has(instanceId) ? this.console : '';
  }

  async recommendRebalance(instanceId: string, time: number): Promise<void> {
    this.rebalanced.push([instanceId, time]);
  }

  async injectFault(instanceId: string, fault: MachineFault): Promise<void> {
    if (fault === 'fill-disk') throw new Error('this machine has no disk');
    this.faults.push([instanceId, fault]);
  }
}
