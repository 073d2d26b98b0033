import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readAddress, removeAddress, type SandboxAddress } from './address-file.ts';
import { buildId } from './build.ts';
import { askControl } from './control-client.ts';
import { pause } from './pause.ts';
import { isAlive } from './process-id.ts';
import { type Lifetimes, usualLifetimes } from './program-arguments.ts';
import { noAnswer, SandboxBuildMismatch, SandboxError } from './sandbox-error.ts';
import { statusSchema } from './sandbox-status.ts';
import { takeStartLock } from './start-lock.ts';
import { startProcess } from './start-process.ts';

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
    if (Date.now() > deadline) {
      throw found.address === undefined ? nobodyStarts(folder) : noAnswer(found.address.pid);
    }
    const release = found.state === 'absent' ? await takeStartLock(folder) : undefined;
    if (release === undefined) {
      await pause(interval, signal);
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

const nobodyStarts = (folder: string): SandboxError =>
  new SandboxError(
    `Another command has been starting the sandbox for more than ${patience / 1000} s`,
    `Try again; if it stays like this, remove ${folder}.`,
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
