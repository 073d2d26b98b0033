import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { HostKey, HostKeySource, HostKeyVerdict } from './connection.ts';
import { describeHostKey } from './host-key.ts';
import { shellWord } from './openssh-command.ts';

/**
 * Trusts the key that `file` has for `alias`. Where it has none, `firstUse` decides (default: the
 * first key seen is trusted), and a key that it trusts is pinned for good.
 *
 * The file is an OpenSSH known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT), made with mode
 * 0600 when there is the first pin to write. `alias` is what `HostKeyAlias` of the system's ssh
 * gets, such as an instance id: addresses are used again by other machines, ids never are.
 *
 * Whether `firstUse` verified a pin, or trusted it only because it was the first, is kept as the
 * line's comment.
 *
 * Several connections and several programs may pin at once. A pin is one appended line, and the
 * first line for an alias is the one that counts, so that whoever comes second with another key is
 * refused like any later change.
 *
 * The source rejects with the file system's error if the file can't be read or written.
 */
export const pinOnFirstUse =
  (file: string, alias: string, firstUse: HostKeySource = trustAny): HostKeySource =>
  async (offered, signal) => {
    const known = judge(await readPins(file, alias), offered, file, alias);
    if (known !== undefined) return known;

    const verdict = await firstUse(offered, signal);
    if (!verdict.trusted) return verdict;

    signal.throwIfAborted();
    await appendPin(file, alias, offered, markOf(verdict));
    return judge(await readPins(file, alias), offered, file, alias) ?? vanished(file, alias);
  };

/**
 * Whether the file has a key for the alias that was verified, or one that was only pinned; undefined
 * for none. Rejects with the file system's error.
 */
export const readPin = async (
  file: string,
  alias: string,
): Promise<'verified' | 'pinned' | undefined> => {
  const pin = (await readPins(file, alias)).find(({ revoked }) => !revoked);
  if (pin === undefined) return undefined;
  return pin.verified ? 'verified' : 'pinned';
};

/** Aliases of the file, and whether their pins were verified; none without the file. */
export const readPinned = async (
  file: string,
): Promise<ReadonlyMap<string, 'verified' | 'pinned'>> => {
  const pinned = new Map<string, 'verified' | 'pinned'>();
  for (const line of (await readContent(file)).split('\n')) {
    const [alias = ''] = line.trim().split(/\s+/, 1);
    const [pin] = parseLine(line, alias);
    if (pin === undefined || pin.revoked || pinned.has(alias)) continue;
    pinned.set(alias, pin.verified ? 'verified' : 'pinned');
  }
  return pinned;
};

const trustAny: HostKeySource = async () => ({ trusted: true });

const verifiedMark = 'spot-tui:verified';

const firstSeenMark = 'spot-tui:first-seen';

const markOf = ({
  firstSeen,
  verified,
}: Extract<HostKeyVerdict, { trusted: true }>): string | undefined => {
  if (verified === true) return verifiedMark;
  return firstSeen === true ? firstSeenMark : undefined;
};

type Pin = {
  readonly revoked: boolean;
  readonly key: string;
  readonly verified: boolean;
  readonly firstSeen: boolean;
};

const judge = (
  pins: readonly Pin[],
  offered: HostKey,
  file: string,
  alias: string,
): HostKeyVerdict | undefined => {
  if (pins.some((pin) => pin.revoked && pin.key === offered.line)) {
    return {
      trusted: false,
      reason: `the host key ${offered.fingerprint} is marked as revoked in ${file}`,
      hint: 'terminate the node and create it again, and find out how a revoked key got there',
    };
  }

  // Only the first: a second line is what a program wrote that lost the race for the pin.
  const pinned = pins.find((pin) => !pin.revoked);
  if (pinned === undefined) return undefined;
  if (pinned.key === offered.line) {
    return {
      trusted: true,
      ...(pinned.verified ? { verified: true } : {}),
      ...(pinned.firstSeen ? { firstSeen: true } : {}),
    };
  }

  return {
    trusted: false,
    reason: `the host key has changed: ${file} has ${fingerprintOf(pinned.key)} for ${alias}, the node offers ${offered.type} ${offered.fingerprint}`,
    hint: `somebody may be in between, so nothing was sent. If you replaced the node's key yourself: ssh-keygen -R ${alias} -f ${shellWord(file)}`,
  };
};

const vanished = (file: string, alias: string): HostKeyVerdict => ({
  trusted: false,
  reason: `the host key of ${alias} could not be pinned: ${file} does not have it after writing`,
  hint: 'another program may be rewriting the file: try again once it is done',
});

const fingerprintOf = (key: string): string => {
  const [type = '', data = ''] = key.split(' ');
  const bytes = Buffer.from(data, 'base64');
  return bytes.length > 4 ? `${type} ${describeHostKey(bytes).fingerprint}` : type;
};

const readPins = async (file: string, alias: string): Promise<Pin[]> => {
  const content = await readContent(file);
  // A fleet's file has a line per node and is read once per node: look before taking lines apart.
  if (!content.includes(alias)) return [];
  return content.split('\n').flatMap((line) => parseLine(line, alias));
};

const readContent = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
};

const parseLine = (line: string, alias: string): Pin[] => {
  const fields = line.trim().split(/\s+/);
  const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
  const [names = '', type, key, comment] = fields;
  if (type === undefined || key === undefined || !names.split(',').includes(alias)) return [];
  if (marker === '@cert-authority') return [];
  return [
    {
      revoked: marker === '@revoked',
      key: `${type} ${key}`,
      verified: comment === verifiedMark,
      firstSeen: comment === firstSeenMark,
    },
  ];
};

const appendPin = async (
  file: string,
  alias: string,
  offered: HostKey,
  comment: string | undefined,
): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'a+', 0o600);
  try {
    // A program that died while it wrote may have left half a line.
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    const separator = size === 0 || last.toString() === '\n' ? '' : '\n';

    // One write to a file opened for appending is not torn by those of other processes.
    const line = [alias, offered.line, ...(comment === undefined ? [] : [comment])].join(' ');
    await handle.appendFile(`${separator}${line}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
};

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
