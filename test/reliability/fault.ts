import type { BootTimes } from '../../source/sandbox/endpoint/boot-times.ts';
import type { Endpoint } from '../../source/sandbox/endpoint/endpoint.ts';
import type { Disruption, SeenRequest } from './chaos-proxy.ts';
import type { Ec2Reader } from './ec2-reader.ts';
import type { Interfere, ModelHypervisor } from './model-hypervisor.ts';
import type { MachineTimes } from './model-machine.ts';
import type { World } from './program-in-process.ts';
import type { Random } from './random.ts';
import type { Site } from './site.ts';

/** The command that a fault strikes. */
export type StruckCommand = 'create' | 'push' | 'destroy';

/** What a fault can reach while the program runs. */
export type Ground = {
  readonly random: Random;
  readonly site: Site;
  readonly endpoint: Endpoint;
  readonly hypervisor: ModelHypervisor;
  readonly reader: Ec2Reader;
  readonly world: World;
  readonly regions: readonly string[];
  /** Replaces what is done to requests to EC2; undefined lets them pass. */
  disrupt: (request: SeenRequest) => Disruption | undefined;
  /** Milliseconds by which EC2's clock differs from the machine's. */
  serverClockOffset: number;
  /** Replaces what is done to commands on nodes. */
  interfere: Interfere;
  /** Calls back once, for the first node that enters a phase. */
  readonly whenPhase: (phase: string, callback: (event: PhaseSeen) => void) => void;
  /** Resolves with an instance, as soon as there is one. */
  readonly someInstance: () => Promise<string>;
  /** Resolves once EC2 has ended an instance. */
  readonly gone: (instanceId: string) => Promise<void>;
  /** Gives the profile another access key. */
  readonly renewCredentials: () => Promise<void>;
  /** What happens, for whoever wants to know why a run went wrong. */
  readonly note: (text: string) => void;
  /** Lets the run wait for something that the fault does in the background. */
  readonly background: (work: Promise<void>) => void;
};

export type PhaseSeen = { readonly node: string; readonly instanceId?: string };

/** What may become of the fleet under a fault. */
export type Expectation = {
  /** `all`: every node gets ready in spite of it. */
  readonly ready: 'all' | 'some' | 'none';
  /** True reasons, one of which a failed node, or a command that ends with an error, must give. */
  readonly causes: readonly RegExp[];
  /** So many nodes must fail, at least. */
  readonly failures?: number;
  /** Whether the fleet is of its full size when the command ends. */
  readonly staysWhole?: true;
  /** Whether machines are taken away, so that nodes may end interrupted or terminated. */
  readonly machinesGo?: true;
};

/** When the program's process is struck, if it is. */
export type ProcessFault = {
  readonly at:
    | { readonly type: 'request'; readonly nth: number; readonly when: 'before' | 'after' }
    | { readonly type: 'phase'; readonly phase: string; readonly delay: number };
  /** Killed, or stopped for so many milliseconds. */
  readonly what:
    | { readonly type: 'kill' }
    | { readonly type: 'stop'; readonly milliseconds: number };
};

/** One fault with all that is random about it decided. */
export type FaultPlan = {
  /** What exactly happens: one line. */
  readonly text: string;
  readonly command: StruckCommand;
  readonly expects: Expectation;
  readonly nodes?: number;
  readonly regions?: readonly string[];
  /** Seconds, in place of the usual ones. */
  readonly timeouts?: Readonly<Record<string, number>>;
  /** How long machines take, in place of the usual; asked for each of them. */
  readonly times?: (random: Random) => MachineTimes;
  readonly bootTimes?: Partial<BootTimes>;
  /** Machines that run the shipped scripts, in place of the model that answers like them. */
  readonly hasShippedNodes?: true;
  readonly configuration?: readonly string[];
  readonly words?: readonly string[];
  /** The command runs as a process, once for each, before it may end its work. */
  readonly processes?: readonly ProcessFault[];
  /** Nodes that are there before a `create`. */
  readonly before?: number;
  /** Whether no more is launched in all than would have been without the fault. */
  readonly launchesOnce?: true;
  /** Whether somebody else runs the same command at the same time. */
  readonly hasCompanion?: true;
  /** Begins the fault, just before the command starts. */
  readonly arm?: (ground: Ground) => void | Promise<void>;
  /** Ends the fault, before the same command runs again. */
  readonly heal?: (ground: Ground) => void | Promise<void>;
};

export type FaultCase = {
  /** As in the table and after `--fault`. */
  readonly name: string;
  /** How many seeds out of the usual number it gets; default 1. */
  readonly share?: number;
  readonly plan: (random: Random) => FaultPlan;
};
