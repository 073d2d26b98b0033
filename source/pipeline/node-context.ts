import type { Config } from '../config/config.ts';
import type { Instance, LaunchedInstance } from '../ec2/cloud.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import type { NodeReport } from './node-report.ts';
import type { Payload } from './payload/payload.ts';
import type { RemoteScripts } from './remote-script.ts';

/** One node and everything that its pipeline works with; the fleet makes one for each node. */
export type NodeContext = {
  /** `<region>-<n>`. */
  readonly name: string;
  readonly region: string;
  /** The n of the name, from 1. */
  readonly index: number;
  readonly config: Config;
  readonly payload: Payload;
  readonly scripts: RemoteScripts;
  readonly report: NodeReport;
  readonly machine: Machine;
};

/** The machine behind a node, as the fleet's watchers see it. */
export type Machine = {
  /** Resolves once its region is ready to launch and the call is about to be made. */
  readonly launching: (signal: AbortSignal) => Promise<void>;
  /** Resolves once EC2 answered the launch. */
  readonly launched: (signal: AbortSignal) => Promise<LaunchedInstance>;
  /** Resolves once EC2 says that it runs and it has an address. */
  readonly running: (signal: AbortSignal) => Promise<Instance>;
  /** The node's one connection; the same object for the same instance. */
  readonly connection: (instance: Instance) => NodeConnection;
};
