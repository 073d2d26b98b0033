import { cleanText } from '../../ssh/clean-text.ts';

/** A host key as the console names it. */
export type ConsoleFingerprint = {
  /** `SHA256:` and unpadded base64. */
  readonly fingerprint: string;
  /** As ssh-keygen prints it: `ED25519`, `ECDSA`, `RSA`. */
  readonly keyType: string;
};

/** What a console says of its machine's host keys. */
export type ConsoleEvidence = {
  /** Those of the boot, none of what was printed after it. */
  readonly fingerprints: readonly ConsoleFingerprint[];
  /** Whether all has been said that counts: what the console shows later changes nothing. */
  readonly isComplete: boolean;
};

/**
 * Reads a machine's host keys from the text of its console.
 *
 * A console is proof because only EC2 hands it out and only the machine's kernel and root write to
 * it. But they pass on words of others: what a script of the user data downloads and prints, what a
 * service with its output on the console was sent. Whoever can make a machine print a line, and
 * stands between it and its owner, must not be believed. So the time decides. What counts comes from
 * the machine's first boot, before anything runs that is not the image's or cloud-init's own: up to
 * the line with which our user data ends its list (`templates/cloud-init.yaml`), or to cloud-init's
 * config stage, or to a login prompt, whichever comes first. That leaves out the block that
 * cloud-init prints at its very end, after all scripts of the user data, and what ssh-keygen said
 * where cloud-init 24.3 and later prints it, even later.
 *
 * Within that time there are, from the best on: the list of our user data; ssh-keygen's words for
 * keys in `/etc/ssh`; cloud-init's block of host keys. Only the best kind that is there is read.
 * Cloud-init's tables (`ci-info`) of keys that may log in have the same form and are none of these.
 *
 * The form itself is read leniently, since a damaged fingerprint fits no key: lines may be wrapped,
 * coloured, cut by messages of the kernel, and come twice. Of a type of key that is given different
 * fingerprints, none counts.
 */
export const readConsole = (text: string): ConsoleEvidence => {
  const lines = linesOf(text);
  const end = lines.findIndex((line) => bootEnd.test(line));
  const boot = end === -1 ? lines : lines.slice(0, end);
  const found = [ownList, generatedKeys, hostKeyBlock]
    .map((read) => read(boot))
    .find((fingerprints) => fingerprints.length > 0);
  return { fingerprints: consistent(found ?? []), isComplete: end !== -1 };
};

/** EC2 keeps 64 KB of a console: whether the beginning of this one may be gone. */
export const isCut = (text: string): boolean => Buffer.byteLength(text) > 60_000;

const bootEnd =
  /^spot-tui: end of host keys$|Cloud-init v\S* ?\S* (?:running 'modules:|finished at )|^\S+ login: ?$/;

/** The time that kernels put before their messages, which can be anywhere in another's line. */
const kernelTime = /\[ *\d+\.\d{6}\] ?/;

/** How programs are named before what they say. */
const speaker = /^(?:<\d+>)?(?:\w{3} +\d+ [\d:]{8} )?(?:[\w.-]+(?:\[\d+\])?: )?/;

const linesOf = (text: string): string[] =>
  join(
    text
      .split(/[\r\n]+/)
      .flatMap((line) => cleanText(line).split(kernelTime))
      .map(withoutSpeaker)
      .filter((line) => line !== ''),
  );

const ownMark = 'spot-tui: ';

const withoutSpeaker = (line: string): string => {
  if (line.startsWith(ownMark)) return line;
  const words = line.replace(speaker, '');
  // Our user data writes to the console itself: what others say in its words is not from it.
  return words.startsWith(ownMark) ? '' : words;
};

const base64Length = 43;

/** Puts fingerprints together that were cut in two, by a wrap or somebody else's line. */
const join = (lines: readonly string[]): string[] =>
  lines.map((line, index) => {
    const [, start] = /SHA256:([A-Za-z0-9+/]*)$/.exec(line) ?? [];
    const missing = base64Length - (start?.length ?? base64Length);
    if (missing <= 0) return line;
    const rest = lines
      .slice(index + 1, index + 4)
      .find((next) => /^[A-Za-z0-9+/]*/.exec(next)?.[0].length === missing);
    return rest === undefined ? line : `${line}${rest}`;
  });

const fingerprintIn = (line: string): ConsoleFingerprint | undefined => {
  const [, fingerprint] =
    /(?<![\w+/])(SHA256:[A-Za-z0-9+/]{43})(?![A-Za-z0-9+/=])/.exec(line) ?? [];
  const [, keyType] = /\(([A-Z0-9-]+)\) *$/.exec(line) ?? [];
  return fingerprint === undefined || keyType === undefined ? undefined : { fingerprint, keyType };
};

const bareFingerprint = /^(?<fingerprint>SHA256:[A-Za-z0-9+/]{43})(?: |$)/;

/** `spot-tui: host key 256 SHA256:… root@ip-10-0-0-1 (ED25519)` */
const ownList = (lines: readonly string[]): ConsoleFingerprint[] =>
  lines.flatMap((line, index) => {
    if (!line.startsWith(`${ownMark}host key `)) return [];
    const next = lines[index + 1] ?? '';
    const wrapped = next.startsWith(ownMark) ? undefined : fingerprintIn(`${line}${next}`);
    return fingerprintIn(line) ?? wrapped ?? [];
  });

/** What ssh-keygen says when it makes keys, as cloud-init's module `ssh` lets it. */
const generatedKeys = (lines: readonly string[]): ConsoleFingerprint[] =>
  lines.flatMap((line, index) => {
    if (!line.startsWith('Your public key has been saved')) return [];
    const wrapped = `${line}${lines[index + 1] ?? ''}`;
    const [, type] = / in \/etc\/ssh\/ssh_host_(\w+)_key\.pub/.exec(wrapped) ?? [];
    if (type === undefined) return [];
    const following = lines.slice(index + 1, index + 8);
    const next = following.findIndex((each) => each.startsWith('Generating public/private'));
    const fingerprint = (next === -1 ? following : following.slice(0, next))
      .map((each) => bareFingerprint.exec(each)?.groups?.fingerprint)
      .find((each) => each !== undefined);
    return fingerprint === undefined ? [] : [{ fingerprint, keyType: type.toUpperCase() }];
  });

/** What cloud-init's module `keys_to_console` prints. */
const hostKeyBlock = (lines: readonly string[]): ConsoleFingerprint[] => {
  const start = lines.findIndex((line) => line.includes('BEGIN SSH HOST KEY FINGERPRINTS'));
  if (start === -1) return [];
  const block = lines.slice(start + 1);
  const end = block.findIndex((line) => line.includes('END SSH HOST KEY FINGERPRINTS'));
  return block.slice(0, Math.max(end, 0)).flatMap((line) => fingerprintIn(line) ?? []);
};

const consistent = (fingerprints: readonly ConsoleFingerprint[]): ConsoleFingerprint[] =>
  [...Map.groupBy(fingerprints, ({ keyType }) => keyType).values()].flatMap(([first, ...others]) =>
    first !== undefined && others.every(({ fingerprint }) => fingerprint === first.fingerprint)
      ? first
      : [],
  );
