import type { ConsoleLog } from '../console-log.ts';
import { fingerprintOf, type HostKey } from '../host-key.ts';
import { loginUser } from '../isolation/skeleton.ts';
import type { CloudCommand } from './cloud-config.ts';

/** Prints the keys that may log in, as cc_ssh_authkey_fingerprints does. */
export const printAuthorizedKeys = (log: ConsoleLog, publicKey: string): void => {
  const [type = '', key = '', ...comment] = publicKey.split(' ');
  if (key === '') return;
  const fingerprint = fingerprintOf(Buffer.from(key, 'base64'));
  const row = `| ${type} | ${fingerprint} |    -    | ${comment.join(' ') || '-'} |`;
  const rule = row.replace(/[^|]/g, '-').replaceAll('|', '+');
  const title = `Authorized keys from /home/${loginUser}/.ssh/authorized_keys for user ${loginUser}`;
  log.add(`ci-info: ${title.padStart(title.length + 14, '+')}${'+'.repeat(14)}`);
  log.add(`ci-info: ${rule}`);
  log.add(
    `ci-info: | ${'Keytype'.padEnd(type.length)} | ${'Fingerprint (sha256)'.padEnd(fingerprint.length)} | Options | Comment |`,
  );
  for (const line of [rule, row, rule]) log.add(`ci-info: ${line}`);
};

/** A machine that has a console, and a key to tell of there. */
type KeyedMachine = {
  readonly console: ConsoleLog;
  readonly hostKey: HostKey;
  readonly hostname: string;
};

/** Name of the unit with which the product's user data writes the host keys to the console. */
const unitOfUserData = 'spot-tui-host-keys';

/** Whether a command of `bootcmd` starts that unit; there is no systemd-run that could. */
export const announcesHostKeys = (command: CloudCommand): boolean =>
  String(command).includes(`--unit=${unitOfUserData}`);

/** Prints what that unit prints, each key twice, once the network stage is over. */
export const announceHostKeys = (machine: KeyedMachine): void => {
  const line = `spot-tui: host key ${describeKey(machine)}`;
  for (const each of [line, line, 'spot-tui: end of host keys']) machine.console.add(each);
};

/** What ssh-keygen says when it makes a host key. */
export const generationReport = ({ hostKey, hostname }: KeyedMachine): readonly string[] => [
  'Generating public/private ed25519 key pair.',
  'Your identification has been saved in /etc/ssh/ssh_host_ed25519_key',
  'Your public key has been saved in /etc/ssh/ssh_host_ed25519_key.pub',
  'The key fingerprint is:',
  `${hostKey.fingerprint} root@${hostname}`,
];

/** Prints the machine's own key, as cc_keys_to_console does. */
export const printHostKeys = (machine: KeyedMachine): void => {
  const { console: log, hostKey, hostname } = machine;
  const [, day, month, , clock] = new Date().toUTCString().split(' ');
  const time = `${month} ${day} ${clock}`;
  for (const line of [
    '#############################################################',
    '-----BEGIN SSH HOST KEY FINGERPRINTS-----',
    describeKey(machine),
    '-----END SSH HOST KEY FINGERPRINTS-----',
    '#############################################################',
  ]) {
    log.add(`<14>${time} cloud-init: ${line}`);
  }
  log.add('-----BEGIN SSH HOST KEY KEYS-----');
  log.add(`${hostKey.line} root@${hostname}`);
  log.add('-----END SSH HOST KEY KEYS-----');
};

/** As `ssh-keygen -l` prints it. */
const describeKey = ({ hostKey, hostname }: KeyedMachine): string =>
  `256 ${hostKey.fingerprint} root@${hostname} (ED25519)`;
