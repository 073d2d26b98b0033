import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { NodeShell } from '../node-shell.ts';
import type { Answer } from '../stand-ins/call.ts';
import {
  type BaseFolder,
  installProgramsLocally,
  makeBaseFolder,
  type UsrMount,
  writeMountTable,
} from './base-folder.ts';
import { chooseIdentityMap, type IdentityMap } from './identity-map.ts';
import { NamespaceRoot } from './namespace-root.ts';
import { openUserNamespace, type UserNamespace } from './namespaces.ts';
import type { NodeRoot } from './node-root.ts';
import { PipePool } from './pipe-pool.ts';
import { PrefixRoot } from './prefix-root.ts';
import { ShippedScripts } from './shipped-scripts.ts';
import { Spawner } from './spawner.ts';
import { installSubstitutes } from './substitutes.ts';

/** `best` takes namespaces where they are to be had, and else the root prefix. */
export type IsolationChoice = 'best' | 'namespaces' | 'prefix';

/** What keeps the nodes of a sandbox apart from the machine that it runs on. */
export type Isolation = {
  readonly kind: NodeRoot['kind'];
  /** Why it is not namespaces; absent where it is. */
  readonly reason?: string;
  /** Makes a node's folder, with the files that it begins with. */
  makeFolder(folder: string): Promise<void>;
  makeRoot(options: RootOptions): NodeRoot;
  close(): Promise<void>;
};

type RootOptions = {
  readonly folder: string;
  readonly hostname: string;
  /** Answers the calls of stand-ins where those can't be run. */
  readonly answer: Answer;
  /** Hears that all that ran in the node is gone though nobody stopped it. */
  readonly onLost: () => void;
};

type IsolationOptions = {
  readonly folder: string;
  readonly templatesFolder: string;
  readonly choice: IsolationChoice;
  /** `PATH` of what runs on nodes without walls; default: this process's. */
  readonly searchPath?: string | undefined;
};

/**
 * Finds out what the machine offers, by trying it, and makes the folder that nodes share.
 *
 * @throws Error when namespaces were asked for and can't be had.
 */
export const openIsolation = async (options: IsolationOptions): Promise<Isolation> => {
  if (options.choice === 'prefix') return openPrefix(options, 'it was asked for');
  try {
    return await openNamespaces(options);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    const reason = `nodes can't be walled off on this machine (${problem}). ${remedy}`;
    if (options.choice === 'namespaces') throw new Error(reason, { cause: error });
    return openPrefix(options, reason);
  }
};

const remedy =
  process.platform === 'linux'
    ? 'It takes unprivileged user namespaces; on Ubuntu they are allowed by: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0'
    : 'Linux can, also in a virtual machine.';

const openNamespaces = async ({
  folder,
  templatesFolder,
}: IsolationOptions): Promise<Isolation> => {
  if (process.platform !== 'linux') throw new Error(`${process.platform} has no namespaces`);
  const identities = await chooseIdentityMap();
  const base = await makeBaseFolder({
    folder: path.join(folder, '.base'),
    templatesFolder,
    identities,
  });
  const pipesFolder = path.join(base.folder, 'pipes');
  await mkdir(pipesFolder);
  const namespace = await openUserNamespace(identities);
  const spawner = await openSpawner();
  const shared = {
    namespace,
    diskScript: base.diskScript,
    pipes: new PipePool(pipesFolder),
    ...(spawner === undefined ? {} : { spawner }),
  };
  try {
    await chooseUsrMount(base, shared, folder);
  } catch (error) {
    await Promise.all([namespace.close(), spawner?.close()]);
    throw error;
  }
  return {
    kind: 'namespaces',
    makeFolder: (target) => copySkeleton(base, target),
    makeRoot: (options) => new NamespaceRoot({ ...options, ...shared }),
    close: async () => {
      await Promise.all([namespace.close(), shared.pipes.close(), spawner?.close()]);
    },
  };
};

/** What the nodes of a sandbox share. */
type SharedParts = {
  readonly namespace: UserNamespace;
  readonly diskScript: string;
  readonly pipes: PipePool;
  readonly spawner?: Spawner;
};

/** Without it everything works as well, only that many nodes take longer. */
const openSpawner = async (): Promise<Spawner | undefined> => {
  try {
    return await Spawner.open();
  } catch {
    return undefined;
  }
};

/** Takes the first way of mounting `/usr` with which a node works. */
const chooseUsrMount = async (
  base: BaseFolder,
  shared: SharedParts,
  folder: string,
): Promise<void> => {
  let problem: unknown;
  for (const usr of ['overlay', 'bind'] satisfies UsrMount[]) {
    await writeMountTable(base, usr);
    if (usr === 'bind') await installProgramsLocally(base);
    try {
      await tryNode(base, shared, path.join(folder, '.trial'));
      return;
    } catch (error) {
      problem ??= error;
    }
  }
  throw problem;
};

const tryNode = async (base: BaseFolder, shared: SharedParts, folder: string): Promise<void> => {
  const root = new NamespaceRoot({
    folder,
    hostname: 'trial',
    ...shared,
    onLost: () => undefined,
  });
  try {
    await copySkeleton(base, folder);
    await root.start();
    // A file of the node's own must do as a program, too.
    const result = await new NodeShell(root).run(
      'command -v systemctl >/dev/null && [ "$(sudo -u ubuntu id -un)" = ubuntu ] && echo "#!/bin/sh" >/opt/trial && chmod +x /opt/trial && /opt/trial',
    );
    if (result.status !== 0) {
      throw new Error(
        `a command in a node ended with status ${result.status}: ${result.stderr.trim()}`,
      );
    }
  } finally {
    await root.stop('discard');
    await root.remove();
  }
};

const ownPath = (): string => process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin';

const openPrefix = async (
  { folder, searchPath = ownPath(), templatesFolder }: IsolationOptions,
  reason: string,
): Promise<Isolation> => {
  const identities: IdentityMap = {
    type: 'single',
    outside: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
  };
  const base = await makeBaseFolder({
    folder: path.join(folder, '.base'),
    templatesFolder,
    identities,
  });
  await installSubstitutes(base.programs, templatesFolder, searchPath);
  const shipped = await ShippedScripts.read(templatesFolder);
  return {
    kind: 'prefix',
    reason,
    makeFolder: (target) => copySkeleton(base, target),
    makeRoot: (options) =>
      new PrefixRoot({ ...options, programs: base.programs, searchPath, shipped, reason }),
    close: async () => undefined,
  };
};

const copySkeleton = async (base: BaseFolder, target: string): Promise<void> => {
  await promisify(execFile)('cp', ['-a', base.skeleton, target]);
};
