import type { Config } from '../config/config.ts';
import type { CloudTrouble, Instance, LaunchedInstance } from '../ec2/cloud.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import type { NodeReport } from './node-report.ts';
import type { Payload, PayloadOutline } from './payload/payload.ts';
import type { RemoteScripts } from './remote-script.ts';

/** One node and everything that its pipeline works with; the fleet makes one for each node. */
export type NodeContext = {
  /** `<region>-<n>`. */
  readonly name: string;
  readonly region: string;
  /** The n of the name, from 1. */
  readonly index: number;
  readonly config: Config;
  /** The files for the nodes; those journeys need them whole that bring them. */
  readonly payload: Payload | PayloadOutline | undefined;
  readonly scripts: RemoteScripts;
  readonly report: NodeReport;
  readonly machine: Machine;
};

/** The machine behind a node, as the fleet's watchers see it. */
export type Machine = {
  /** Absent until EC2 gave an instance. */
  readonly instanceId: string | undefined;
  /** Resolves once the launch has begun. */
  readonly launching: (signal: AbortSignal) => Promise<void>;
  /** Resolves once EC2 answered the launch. */
  readonly launched: (signal: AbortSignal) => Promise<LaunchedInstance>;
  /** Resolves once EC2 says that it runs and it has an address. */
  readonly running: (signal: AbortSignal) => Promise<Instance>;
  /** The node's one connection; the same object for the same instance at the same address. */
  readonly connection: (instance: Instance) => NodeConnection;
  /** What keeps EC2 from being asked about it at the moment. */
  readonly trouble?: () => CloudTrouble | undefined;
  /** To be called when the machine can't be reached: EC2 may know why. */
  readonly doubt: () => void;
};
