import { fileURLToPath } from 'node:url';
import { runCommand } from './command.ts';

export const releases = ['bookworm', 'trixie'] as const;

/** A Debian release that the lab has an image of. */
export type Release = (typeof releases)[number];

const tools = {
  debootstrap: 'debootstrap',
  'systemd-nspawn': 'systemd-container',
  ip: 'iproute2',
  nsenter: 'util-linux',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
};

/**
 * Why tests of the lab are skipped on this host; false where they run. In CI they always do, and
 * fail by what is missing.
 */
export const skipReason = async (): Promise<string | false> =>
  process.env.CI === undefined ? ((await obstacle()) ?? false) : false;

/** Why the lab can't run on this host, in words for people; undefined where it can. */
export const obstacle = async (): Promise<string | undefined> => {
  if (process.platform !== 'linux') return 'the lab boots systemd-nspawn machines: it needs Linux';
  if (process.getuid?.() !== 0)
    return 'the lab mounts file systems and boots machines: it needs root';
  for (const [tool, debianPackage] of Object.entries(tools)) {
    const found = await runCommand('sh', ['-c', 'command -v "$0"', tool]);
    if (found.exitCode !== 0) {
      return `the lab needs ${tool}, which is missing: apt-get install ${debianPackage}`;
    }
  }
  return undefined;
};

/** Builds the releases' images unless they are cached; their root directories by release. */
export const ensureImages = async (): Promise<Readonly<Record<Release, string>>> => {
  const reason = await obstacle();
  if (reason !== undefined) throw new Error(reason);
  const script = fileURLToPath(new URL('images.sh', import.meta.url));
  const result = await runCommand(script, releases, { timeout: 15 * 60_000 });
  const [bookworm, trixie] = result.stdout.trim().split('\n');
  if (result.exitCode !== 0 || bookworm === undefined || trixie === undefined) {
    throw new Error(`The lab's images can't be built: ${result.stderr.trim()}`);
  }
  return { bookworm, trixie };
};
