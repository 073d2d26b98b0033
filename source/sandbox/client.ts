import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { readAddress, removeAddress, type SandboxAddress } from './address-file.ts';
import { buildId } from './build.ts';
import { askControl } from './control-client.ts';
import type { FaultRequest } from './fault.ts';
import { isAlive } from './process-id.ts';
import { type Lifetimes, usualLifetimes } from './program-arguments.ts';
import { SandboxBuildMismatch, SandboxError } from './sandbox-error.ts';
import { takeStartLock } from './start-lock.ts';
import { startProcess } from './start-process.ts';

export type { Fault, FaultRequest } from './fault.ts';
export { faultSchema } from './fault.ts';
export { SandboxBuildMismatch, SandboxError } from './sandbox-error.ts';

/** An embedded cloud that runs, with all that a client of EC2 and of its nodes needs. */
export type Sandbox = {
  /** EC2 for every region. */
  readonly endpointUrl: string;
  /** The only credentials that the endpoint takes; made up for this run. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The only key that its nodes let in. */
  readonly privateKeyPath: string;
  readonly publicKeyPath: string;
  /** Whether it boots its nodes without artificial waiting. */
  readonly fast: boolean;
  readonly pid: number;
};

export type EnsureOptions = {
  /** The sandbox's own folder; made if it isn't there. Each folder has a sandbox of its own. */
  readonly folder: string;
  /** No artificial boot times. Makes no difference to a sandbox that runs. */
  readonly fast: boolean;
  readonly signal: AbortSignal;
  /** The file of the sandbox's program; default: beside this program's own files. */
  readonly programPath?: string;
  /** When it ends by itself; default: as the readme says. */
  readonly lifetimes?: Lifetimes;
};

/** Milliseconds for all of it: finding the sandbox, waiting for others, starting it. */
const patience = 45_000;

/** Milliseconds between two looks. */
const interval = 40;

/**
 * Finds the sandbox of a folder, or starts it. Whoever else does the same at the same time gets
 * the same sandbox.
 *
 * @throws SandboxBuildMismatch where a sandbox of another build runs
 * @throws SandboxError where none can be had
 */
export const ensureSandbox = async (options: EnsureOptions): Promise<Sandbox> => {
  const { folder, fast, signal, lifetimes = usualLifetimes } = options;
  const programPath = options.programPath ?? defaultProgramPath();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const deadline = Date.now() + patience;
  for (;;) {
    signal.throwIfAborted();
    const found = await look(folder, signal);
    if (found.state === 'running') return describe(found.address);
    if (Date.now() > deadline) throw noAnswer(folder, found);
    const release = found.state === 'absent' ? await takeStartLock(folder) : undefined;
    if (release === undefined) {
      await sleep(interval, undefined, { signal });
      continue;
    }
    try {
      // Somebody may have started it between our look and our lock.
      const latest = await readAddress(folder);
      if (latest?.token !== found.address?.token) continue;
      await removeAddress(folder, latest?.token);
      await startProcess(programPath, { folder, fast, lifetimes }, signal);
    } finally {
      await release();
    }
  }
};

type Look =
  | { readonly state: 'running'; readonly address: SandboxAddress }
  /** It is about to go, or does not answer although its process is there. */
  | { readonly state: 'unclear'; readonly address: SandboxAddress }
  /** There is none; an address is one that a crash left behind. */
  | { readonly state: 'absent'; readonly address: SandboxAddress | undefined };

/** What there is in a folder. A sandbox that is found running knows that it is needed. */
const look = async (folder: string, signal: AbortSignal): Promise<Look> => {
  const address = await readAddress(folder);
  if (address === undefined) return { state: 'absent', address };
  const reply = await askControl(address, 'POST', '/claim', { signal });
  if (reply.type === 'answer') {
    const status = statusSchema.safeParse(reply.body);
    if (reply.status === 200 && status.success) {
      if (status.data.build !== buildId) throw new SandboxBuildMismatch(status.data, buildId);
      return { state: status.data.ending ? 'unclear' : 'running', address };
    }
    // A sandbox of a build before or after this one may not know the question.
    if (address.build !== buildId && isAlive(address.pid)) {
      throw new SandboxBuildMismatch(address, buildId);
    }
    return { state: 'absent', address };
  }
  if (reply.type === 'silent' && isAlive(address.pid)) return { state: 'unclear', address };
  return { state: 'absent', address };
};

const noAnswer = (folder: string, { address }: Look): SandboxError =>
  address === undefined
    ? new SandboxError(
        `Another command has been starting the sandbox for more than ${patience / 1000} s`,
        `Try again; if it stays like this, remove ${folder}.`,
      )
    : new SandboxError(
        `The sandbox (process ${address.pid}) does not answer`,
        `End it (kill -KILL ${address.pid}) and try again.`,
      );

const describe = (address: SandboxAddress): Sandbox => ({
  endpointUrl: address.url,
  credentials: credentialsOf(address),
  privateKeyPath: address.privateKeyPath,
  publicKeyPath: address.publicKeyPath,
  fast: address.fast,
  pid: address.pid,
});

const credentialsOf = ({ accessKeyId }: SandboxAddress): Sandbox['credentials'] => ({
  accessKeyId,
  // Never sent, only signed with, and the endpoint doesn't check signatures.
  secretAccessKey: 'sandbox',
});

/** Where the sandbox's program is: built beside ours or one folder up, unbuilt in this folder. */
const defaultProgramPath = (): string => {
  const here = fileURLToPath(import.meta.url);
  if (here.endsWith('.ts')) return path.join(path.dirname(here), 'process.ts');
  const folder = path.dirname(here);
  const programFolder = path.basename(folder) === 'chunks' ? path.dirname(folder) : folder;
  return path.join(programFolder, 'sandbox.js');
};

const nodeSchema = z.object({
  instanceId: z.string(),
  /** Absent until the fleet has named it. */
  node: z.string().optional(),
  region: z.string(),
  zone: z.string(),
  instanceType: z.string(),
  /** EC2's, such as `running`. */
  state: z.string(),
  address: z.string().optional(),
  sshPort: z.number().optional(),
});

const statusSchema = z.object({
  build: z.string(),
  pid: z.number(),
  fast: z.boolean().default(false),
  /** Milliseconds since the Unix epoch. */
  startedAt: z.number().default(0),
  ending: z.boolean().default(false),
  nodes: z.array(nodeSchema).default([]),
});

/** What a sandbox says of itself. */
export type SandboxStatus = z.output<typeof statusSchema> & {
  readonly endpointUrl: string;
  /** Whether it was built from the same sources as this program. */
  readonly isOwnBuild: boolean;
};

/**
 * What the sandbox of a folder says of itself; undefined where none runs. Starts none and keeps
 * none from ending.
 */
export const sandboxStatus = async (folder: string): Promise<SandboxStatus | undefined> => {
  const address = await readAddress(folder);
  if (address === undefined) return undefined;
  const reply = await askControl(address, 'GET', '/status');
  if (reply.type === 'silent' && isAlive(address.pid)) {
    throw noAnswer(folder, { state: 'unclear', address });
  }
  const status = statusSchema.safeParse(reply.type === 'answer' ? reply.body : undefined);
  if (!status.success || status.data.ending) return undefined;
  return {
    ...status.data,
    endpointUrl: address.url,
    isOwnBuild: status.data.build === buildId,
  };
};

/**
 * Ends the sandbox of a folder with everything in it, whatever its build, and waits until it is
 * gone.
 *
 * @returns false where none ran
 * @throws SandboxError where it does not end
 */
export const stopSandbox = async (folder: string): Promise<boolean> => {
  const address = await readAddress(folder);
  if (address === undefined) return false;
  const reply = await askControl(address, 'POST', '/stop');
  if (reply.type === 'refused' || (reply.type === 'silent' && !isAlive(address.pid))) {
    await removeAddress(folder, address.token);
    return false;
  }
  const deadline = Date.now() + patience / 2;
  while (isAlive(address.pid)) {
    if (Date.now() > deadline) throw noAnswer(folder, { state: 'unclear', address });
    await sleep(interval);
  }
  return true;
};

/**
 * Does something bad to what runs in the sandbox of a folder.
 *
 * @returns ids of the instances that it struck; empty for faults that act on requests
 * @throws SandboxError where no sandbox runs, or the fault is not possible
 */
export const injectFault = async (folder: string, fault: FaultRequest): Promise<string[]> => {
  const body = await request(folder, 'POST', '/faults', fault);
  return z.object({ instanceIds: z.array(z.string()) }).parse(body).instanceIds;
};

/** Ends all faults that act on requests. @throws SandboxError where no sandbox runs */
export const clearFaults = async (folder: string): Promise<void> => {
  await request(folder, 'DELETE', '/faults');
};

const failureSchema = z.object({ error: z.object({ message: z.string(), hint: z.string() }) });

const request = async (
  folder: string,
  method: 'POST' | 'DELETE',
  route: string,
  body?: unknown,
): Promise<unknown> => {
  const status = await sandboxStatus(folder);
  const address = await readAddress(folder);
  if (status === undefined || address === undefined) {
    throw new SandboxError('No sandbox is running', 'Start one: spot-tui create --sandbox');
  }
  if (!status.isOwnBuild) throw new SandboxBuildMismatch(status, buildId);
  const reply = await askControl(address, method, route, { body });
  if (reply.type !== 'answer') throw noAnswer(folder, { state: 'unclear', address });
  if (reply.status === 200) return reply.body;
  const failure = failureSchema.safeParse(reply.body);
  throw failure.success
    ? new SandboxError(failure.data.error.message, failure.data.error.hint)
    : new SandboxError(`The sandbox answered with status ${reply.status}`, 'Try again.');
};
