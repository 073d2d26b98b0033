import { readFile } from 'node:fs/promises';

/**
 * Which identities of the machine stand for the users of a node. Never root: whatever runs in a node
 * has, outside of it, no more rights than the sandbox's user has, and none at all where that is root.
 */
export type IdentityMap =
  /** `count` ids from 0 on, at `base`: users are told apart and `chown` is real. */
  | { readonly type: 'range'; readonly base: number; readonly count: number }
  /** A single id: what an ordinary user may map without help from setuid programs. */
  | { readonly type: 'single'; readonly outside: { readonly uid: number; readonly gid: number } };

const count = 65_536;
/** Beyond what distributions, containers and systemd give out (https://systemd.io/UIDS-GIDS/). */
const preferredBase = 2_000_027_648;

/** Chooses the identities that nodes run as. */
export const chooseIdentityMap = async (): Promise<IdentityMap> => {
  const [uid, gid] = [process.getuid?.() ?? -1, process.getgid?.() ?? -1];
  if (uid !== 0) return { type: 'single', outside: { uid, gid } };
  const [uids, gids] = await Promise.all([idsOf('uid_map'), idsOf('gid_map')]);
  const available = Math.min(uids, gids);
  if (available >= preferredBase + count) return { type: 'range', base: preferredBase, count };
  // Root of a container with few ids of its own.
  if (available >= 2 * count) return { type: 'range', base: available - count, count };
  return { type: 'single', outside: { uid: available - 1, gid: available - 1 } };
};

/** Number of consecutive ids from 0 on that exist for this process. */
const idsOf = async (file: 'uid_map' | 'gid_map'): Promise<number> => {
  const text = await readFile(`/proc/self/${file}`, 'utf8');
  const ranges = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .sort(([a = 0], [b = 0]) => a - b);
  let end = 0;
  for (const [inside = 0, , length = 0] of ranges) if (inside === end) end = inside + length;
  return end;
};

/** Lines for `/proc/<pid>/uid_map` and `gid_map`. */
export const mapLines = (map: IdentityMap): { readonly uid: string; readonly gid: string } =>
  map.type === 'range'
    ? { uid: `0 ${map.base} ${map.count}\n`, gid: `0 ${map.base} ${map.count}\n` }
    : { uid: `0 ${map.outside.uid} 1\n`, gid: `0 ${map.outside.gid} 1\n` };
