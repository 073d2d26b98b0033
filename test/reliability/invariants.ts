import type { LedgerEntry } from '../../source/sandbox/endpoint/ledger.ts';
import type { Remains, ShownInstance } from './ec2-reader.ts';
import type { Expectation, StruckCommand } from './fault.ts';
import type { ProgramEnd } from './program-in-process.ts';
import { readEvents, toldNodes } from './told-events.ts';

/** What runs on a machine. */
export type MachineTruth = {
  /** Content of `config/version`; absent while nothing is installed. */
  readonly version: string | undefined;
  /** Whether its service runs. */
  readonly isServing: boolean;
};

/** Everything that a command left behind, from three sources that know nothing of each other. */
export type Evidence = {
  readonly command: StruckCommand;
  readonly deployment: string;
  readonly nodes: number;
  /** What the program said. */
  readonly end: ProgramEnd;
  /** What the endpoint wrote down. */
  readonly ledger: readonly LedgerEntry[];
  /** What EC2 shows to somebody else. */
  readonly shown: readonly ShownInstance[];
  readonly remains: Remains;
  /** What is true of the machines, by their own word. */
  readonly machines: ReadonlyMap<string, MachineTruth>;
  /** Content of `config/version` that nodes should have. */
  readonly version: string;
  readonly unhandled: readonly string[];
  readonly unknownCommands: readonly string[];
};

const settled = new Set(['ready', 'failed', 'interrupted', 'terminated']);

/** What must hold however a run ended. */
export const alwaysHolds = (evidence: Evidence): string[] => {
  const { deployment, ledger, nodes, shown, unhandled, unknownCommands } = evidence;
  const violations: string[] = [];
  const alive = aliveIn(ledger);
  if (alive.size > nodes) {
    violations.push(`duplicate: ${alive.size} instances live, ${nodes} are wanted`);
  }
  const names = new Map<string, string>();
  for (const { instanceId, tags } of shown.filter((each) => alive.has(each.instanceId))) {
    if (tags['spot-tui:deployment'] !== deployment) {
      violations.push(`orphan: ${instanceId} lives without the tag of its deployment`);
    }
    const name = tags['spot-tui:node'];
    if (name === undefined) continue;
    const other = names.get(name);
    if (other !== undefined) violations.push(`duplicate: ${other} and ${instanceId} are ${name}`);
    names.set(name, instanceId);
  }
  for (const error of unhandled) violations.push(`an error that nobody handled: ${error}`);
  for (const line of unknownCommands) violations.push(`the model does not know: ${line}`);
  for (const entry of ledger) {
    if (entry.type === 'trouble') violations.push(`trouble in the endpoint: ${entry.message}`);
  }
  return violations;
};

/** What must hold of a command that ended by itself, under a fault. */
export const endsTruly = (evidence: Evidence, expectation: Expectation): string[] => {
  const { causes, failures = 0, machinesGo, ready, staysWhole } = expectation;
  const { command, end, ledger, machines, nodes, version } = evidence;
  const violations: string[] = [];
  const events = readEvents(end.stdout, violations);
  const told = toldNodes(events);
  const alive = aliveIn(ledger);
  const isCause = (text: string): boolean => causes.some((cause) => cause.test(text));
  // What was in the way all the time is told when it begins, and not again at the end.
  const notices = events.filter(({ event }) => event === 'notice').map(({ message }) => message);
  const said = [end.stderr, ...notices].join('\n');
  const summaries = events.filter(({ event }) => event === 'summary');
  if (told.length === 0) {
    if (end.status === 0 && command !== 'destroy')
      violations.push('exit status 0 without any node');
    if (end.status !== 0 && !isCause(said)) {
      violations.push(`untrue cause: the command ended with ${end.status}: ${end.stderr.trim()}`);
    }
    return violations;
  }
  if (summaries.length !== 1 || events.at(-1)?.event !== 'summary') {
    violations.push(`the summary is not the last line (${summaries.length} summaries)`);
  }
  // A command that ends with an error says that instead of the nodes' ends.
  const isError = /^spot-tui: /m.test(end.stderr);
  if (isError && !isCause(said)) {
    violations.push(`untrue cause: ${end.stderr.trim()}`);
  }
  if (command === 'create' && told.length < nodes) {
    violations.push(`${told.length} nodes were told of, ${nodes} are wanted`);
  }
  for (const { hint, instanceId, name, phase, reason } of told) {
    if (!settled.has(phase) && !isError) violations.push(`${name} ends as ${phase}`);
    if (phase === 'failed') {
      if (ready === 'all') violations.push(`${name} failed, which it need not: ${reason}`);
      else if (!isCause(reason)) violations.push(`untrue cause: ${name} failed: ${reason}`);
      if (hint === '') violations.push(`${name} failed without a hint: ${reason}`);
    }
    if (
      (phase === 'interrupted' || phase === 'terminated') &&
      !machinesGo &&
      command !== 'destroy'
    ) {
      violations.push(`${name} is ${phase}, but nobody took its machine: ${reason}`);
    }
    if (phase === 'ready' && ready === 'none') violations.push(`${name} is ready, which can't be`);
    if (phase === 'ready' && instanceId !== undefined && alive.has(instanceId)) {
      const machine = machines.get(instanceId);
      const has = machine?.version;
      if (has !== version)
        violations.push(`${name} is taken for ready and has ${has ?? 'nothing'}`);
      if (machine?.isServing !== true) {
        violations.push(`${name} is taken for ready and its service does not run`);
      }
    }
  }
  const failed = told.filter(({ phase }) => phase === 'failed').length;
  if (failed < failures) violations.push(`${failed} nodes failed, ${failures} can't be ready`);
  if (staysWhole && alive.size !== nodes) {
    violations.push(`${alive.size} instances live at the end, ${nodes} are wanted`);
  }
  if (command !== 'destroy') {
    const areReady = told.every(
      ({ isReplaced, phase }) => phase === 'ready' || (phase === 'interrupted' && isReplaced),
    );
    if (areReady && end.status !== 0 && !isError) {
      violations.push(`all are ready, and the exit status is ${end.status}: ${end.stderr.trim()}`);
    }
    if (!areReady && end.status === 0) violations.push('exit status 0, and not all are ready');
  }
  return violations;
};

/** What must hold once the fault is over and the same command ran again. */
export const endsWell = (evidence: Evidence): string[] => {
  const { command, end, ledger, nodes, remains, shown } = evidence;
  const violations: string[] = [];
  const alive = aliveIn(ledger);
  if (end.status !== 0) {
    violations.push(`run again, it ended with ${end.status}: ${end.stderr.trim()}`);
  }
  if (command === 'destroy') {
    if (alive.size > 0) violations.push(`orphan: destroy left ${[...alive].join(', ')}`);
    for (const [kind, names] of Object.entries(remains)) {
      violations.push(`orphan: destroy left by ${kind}: ${names.join(', ')}`);
    }
    return violations;
  }
  const told = toldNodes(readEvents(end.stdout, violations));
  const ready = told.filter(({ phase }) => phase === 'ready');
  if (ready.length !== nodes || told.length !== nodes) {
    const ends = told.map(({ name, phase, reason }) => `${name} ${phase} ${reason}`.trim());
    violations.push(`run again, ${ready.length} of ${nodes} are ready: ${ends.join('; ')}`);
  }
  if (alive.size !== nodes) {
    violations.push(`run again, ${alive.size} instances live, ${nodes} are wanted`);
  }
  for (const { instanceId, tags } of shown.filter((each) => alive.has(each.instanceId))) {
    const name = tags['spot-tui:node'];
    if (name === undefined) violations.push(`orphan: ${instanceId} has no name`);
    else if (told.find((each) => each.name === name)?.instanceId !== instanceId) {
      violations.push(`orphan: ${instanceId} is called ${name}, and the program says otherwise`);
    }
  }
  return violations;
};

/** Instances that cost money, by the ledger. */
export const aliveIn = (ledger: readonly LedgerEntry[]): Set<string> => {
  const alive = new Set<string>();
  for (const entry of ledger) {
    if (entry.type === 'launched') alive.add(entry.instanceId);
    else if (entry.type === 'state' && /^(shutting-down|terminated)$/.test(entry.state)) {
      alive.delete(entry.instanceId);
    }
  }
  return alive;
};
