/**
 * Whatever makes machines for the embedded EC2 endpoint: in-process nodes in the sandbox, booted
 * containers in the lab.
 */
export interface Hypervisor {
  /**
   * Starts a machine. Resolves as soon as its addresses are known, which may be long before it
   * accepts connections.
   */
  launch(request: MachineRequest): Promise<MachineAddress>;

  /** Stops a machine and removes everything of it. Resolves at once for one that is gone. */
  terminate(instanceId: string): Promise<void>;

  /** What the machine's console has shown so far. */
  consoleOutput(instanceId: string): Promise<string>;

  /**
   * Tells a running machine what the instance metadata service would: that EC2 terminates it.
   *
   * @param time When; milliseconds since the Unix epoch.
   */
  announceReclaim?(instanceId: string, time: number): Promise<void>;

  /**
   * Tells a running machine what the instance metadata service would: that the risk of its end has
   * risen.
   *
   * @param time When EC2 says so; milliseconds since the Unix epoch.
   */
  recommendRebalance?(instanceId: string, time: number): Promise<void>;

  /**
   * Does something bad to a running machine. Rejects with a message for people where this
   * hypervisor can't.
   */
  injectFault?(instanceId: string, fault: MachineFault): Promise<void>;
}

export type MachineRequest = {
  readonly instanceId: string;
  readonly region: string;
  readonly zone: string;
  readonly instanceType: string;
  readonly imageId: string;
  /** Decoded user data, as cloud-init gets it. */
  readonly userData: string;
  /** The key pair's public key, as one OpenSSH line; absent when launched without one. */
  readonly publicKey?: string;
};

export type MachineAddress = {
  readonly publicAddress: string;
  readonly privateAddress: string;
  /** Set where the machine's SSH listens elsewhere than on port 22. */
  readonly sshPort?: number;
};

export type MachineFault = 'cut-ssh' | 'fill-disk' | 'stop-service' | 'reboot';
