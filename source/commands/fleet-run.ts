import type { Emit, SummaryEvent } from '../events/event.ts';
import { FleetController, type FleetControllerOptions } from '../fleet/controller.ts';
import { fleetCost } from '../fleet/fleet-cost.ts';
import type { HistoryEntry } from '../fleet/history-entry.ts';
import { isReplaced } from '../fleet/is-replaced.ts';
import type { FleetState, LogLine } from '../fleet/state.ts';
import { createFleetStore, type FleetEventStore } from '../fleet/store.ts';
import type { Payload } from '../pipeline/payload/payload.ts';
import { loadRemoteScripts, noRemoteScripts } from '../pipeline/remote-script.ts';
import { buildUserData } from '../pipeline/user-data.ts';
import type { Reporter } from '../reporters/reporter.ts';
import { startRecording } from '../reporters/run-recording.ts';
import type { Invocation } from './command.ts';
import { completeEvent } from './complete-hints.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { type NodeAccess, openNodeAccess } from './node-access.ts';
import { payloadIfHere } from './payload-if-here.ts';
import { readPublicKey } from './public-key.ts';
import { requester } from './requester.ts';
import { buildWholePayload } from './whole-payload.ts';
import type { Workspace } from './workspace.ts';

/** A fleet that is being worked on: its controller, and the state that its events add up to. */
export type FleetRun = {
  readonly controller: FleetController;
  readonly store: FleetEventStore;
  /** Adds a view of the events; `close` waits until all that it has to say is handed over. */
  readonly addReporter: (reporter: Reporter) => void;
  /** Tells an event, unless the run is summarized: nothing comes after its summary. */
  readonly emit: Emit;
  /** What became of the nodes so far. */
  readonly summarize: () => SummaryEvent;
  /** What the command would end with now. */
  readonly exitStatus: () => ExitStatus;
  /** Where the events are recorded. */
  readonly recording: string;
  /** The newest lines of a node's log since this run began: more than the state keeps. */
  readonly readLog: (node: string) => Promise<readonly LogLine[]>;
  /** What happened to the deployment in all runs that are recorded, this one included. */
  readonly readHistory: () => Promise<readonly HistoryEntry[]>;
  /** Ends all work; what becomes of it by that is told, so that what is said afterwards is true. */
  readonly end: () => Promise<void>;
  /** Ends all work, and waits until all that is to be said of it is handed over. */
  readonly close: () => Promise<void>;
};

export type FleetRunOptions = {
  readonly command: string;
  /** Whether the command sends files to nodes, and so can't do without them. */
  readonly sendsFiles: boolean;
  /** Whether it stays with the whole fleet, and so watches nodes' health, and for new nodes. */
  readonly watchesFleet: boolean;
  readonly signal: AbortSignal;
};

/**
 * Puts everything together that drives a fleet. Reads the payload and the key, and contacts nothing
 * but the places of secrets that are to be sent.
 *
 * @throws PayloadError, SshError or ConfigError.
 */
export const openFleetRun = async (
  invocation: Invocation,
  workspace: Workspace,
  { command, sendsFiles, signal, watchesFleet }: FleetRunOptions,
): Promise<FleetRun> => {
  const { config } = workspace;
  const { templatesFolder } = invocation;
  const [payload, scripts, access] = await Promise.all([
    sendsFiles
      ? buildWholePayload(invocation, workspace, signal)
      : payloadIfHere(invocation, config),
    loadRemoteScripts(templatesFolder),
    openNodeAccess(invocation, workspace, signal),
  ]);
  for (const warning of payload?.warnings ?? []) {
    invocation.stderr.write(`warning: ${warning}\n`);
  }
  return startRun(invocation, workspace, command, {
    payload,
    buildPayload: (until) => buildWholePayload(invocation, workspace, until),
    scripts,
    buildUserData: async () => buildUserData(config, templatesFolder, await readPublicKey(config)),
    connect: access.connect,
    sshCommand: (instance) => access.openSsh(instance),
    followLogs: true,
    watchFleet: watchesFleet,
  });
};

/**
 * The same for work that concerns machines and not what belongs on them: it needs no files, and a
 * key only where it connects to nodes, so that a fleet can be ended from anywhere.
 */
export const openMachineRun = (
  invocation: Pick<Invocation, 'options'>,
  workspace: Workspace,
  command: string,
  access?: NodeAccess,
): FleetRun => {
  const unreachable = (): never => {
    throw new Error(`${command} does not connect to nodes`);
  };
  const payload: Payload = {
    archive: Buffer.alloc(0),
    manifestDigest: '',
    files: [],
    services: [],
    containers: [],
    warnings: [],
  };
  return startRun(invocation, workspace, command, {
    payload,
    buildPayload: () => Promise.resolve(payload),
    scripts: noRemoteScripts,
    buildUserData: () => Promise.resolve({ userData: '', warnings: [] }),
    connect: access?.connect ?? unreachable,
    sshCommand: access?.openSsh ?? unreachable,
    followLogs: false,
    watchFleet: false,
  });
};

const startRun = (
  { options }: Pick<Invocation, 'options'>,
  { calls, clouds, config, folders, isSandbox, onNews }: Workspace,
  command: string,
  parts: Omit<FleetControllerOptions, 'config' | 'clouds' | 'emit' | 'clock' | 'by' | 'hasConsole'>,
): FleetRun => {
  const clock = Date.now;
  const startedAt = clock();
  const store = createFleetStore();
  const listeners: Emit[] = [];
  const reporters: Reporter[] = [];
  let isSummarized = false;
  const emit: Emit = (told) => {
    if (isSummarized) return;
    const event = completeEvent(options, told);
    isSummarized = event.event === 'summary';
    store.dispatch(event);
    for (const listener of listeners) listener(event);
  };
  const recorded = { deployment: config.deployment, isSandbox };
  const recording = startRecording({
    folder: folders.runs(recorded),
    file: folders.recording({ ...recorded, command, startedAt, processId: process.pid }),
    onProblem: (message) => {
      emit({ event: 'notice', time: clock(), level: 'warning', message });
    },
  });
  listeners.push(recording.record);
  onNews((news) => emit({ event: 'notice', time: clock(), ...news }));
  const controller = new FleetController({
    ...parts,
    config,
    clouds,
    emit,
    clock,
    by: requester(),
    hasConsole: !isSandbox,
  });
  const summarize = (): SummaryEvent => ({
    event: 'summary',
    time: clock(),
    ...countNodes(store.getState()),
    elapsedSeconds: Math.round((clock() - startedAt) / 100) / 10,
    apiCalls: calls.total,
    ...costOf(store.getState()),
  });
  let ending: Promise<void> | undefined;
  const endWork = async (): Promise<void> => {
    await controller.close();
    // What can't be recorded is said while there is somebody to say it to.
    await recording.flush();
  };
  const end = (): Promise<void> => {
    ending ??= endWork();
    return ending;
  };
  return {
    controller,
    store,
    emit,
    end,
    recording: recording.file,
    readLog: recording.readLog,
    readHistory: recording.readHistory,
    addReporter: (reporter) => {
      listeners.push(reporter);
      reporters.push(reporter);
    },
    summarize,
    exitStatus: () =>
      [...store.getState().nodes.values()].every(
        (node) => node.phase === 'ready' || isReplaced(node) || controller.isDismissed(node.name),
      )
        ? exitStatus.success
        : controller.fatalExitStatus || exitStatus.failure,
    close: async () => {
      await end();
      await Promise.all([
        recording.close(summarize()),
        ...reporters.map((reporter) => reporter.flush()),
      ]);
    },
  };
};

const costOf = (state: FleetState): Pick<SummaryEvent, 'pricePerHour' | 'unpriced'> => {
  const { pricePerHour, unknown } = fleetCost(state);
  if (pricePerHour === undefined) return {};
  return { pricePerHour, ...(unknown === 0 ? {} : { unpriced: unknown }) };
};

/** Nodes by how they ended; one that is still worked on counts nowhere, a replaced one by itself. */
const countNodes = (
  state: FleetState,
): Pick<SummaryEvent, 'ready' | 'failed' | 'interrupted' | 'terminated' | 'replaced'> => {
  const counts = { ready: 0, failed: 0, interrupted: 0, terminated: 0 };
  let replaced = 0;
  for (const node of state.nodes.values()) {
    const { phase } = node;
    if (isReplaced(node)) {
      replaced += 1;
      continue;
    }
    switch (phase) {
      case 'ready':
      case 'failed':
      case 'interrupted':
      case 'terminated':
        counts[phase] += 1;
        break;
      case 'degraded':
        counts.failed += 1;
        break;
      case 'terminating':
        counts.terminated += 1;
        break;
      default:
        break;
    }
  }
  return replaced === 0 ? counts : { ...counts, replaced };
};
