/** A machine that stands in for a node: an SSH server on an address of loopback of its own. */
export type Target = {
  readonly address: string;
  readonly port: number;
};

/** Targets that are there, and what it takes to get in. */
export type Targets = {
  readonly all: readonly Target[];
  readonly username: string;
  readonly privateKeyPath: string;
  /** Type and base64 of the host key that all of them have. */
  readonly hostKey: string;
};

/** Addresses of loopback, 127.`network`.0.1 and so on. */
export const loopbackAddress = (network: number, index: number): string =>
  `127.${network}.${Math.floor(index / 250)}.${(index % 250) + 1}`;
