import type { ConsoleLog } from '../console-log.ts';
import { fingerprintOf, type HostKey } from '../host-key.ts';
import { loginUser } from '../isolation/skeleton.ts';

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

/** Prints the machine's own key, as cc_keys_to_console does. */
export const printHostKeys = (log: ConsoleLog, hostKey: HostKey, hostname: string): void => {
  const [, day, month, , clock] = new Date().toUTCString().split(' ');
  const time = `${month} ${day} ${clock}`;
  for (const line of [
    '#############################################################',
    '-----BEGIN SSH HOST KEY FINGERPRINTS-----',
    `256 ${hostKey.fingerprint} root@${hostname} (ED25519)`,
    '-----END SSH HOST KEY FINGERPRINTS-----',
    '#############################################################',
  ]) {
    log.add(`<14>${time} cloud-init: ${line}`);
  }
  log.add('-----BEGIN SSH HOST KEY KEYS-----');
  log.add(`${hostKey.line} root@${hostname}`);
  log.add('-----END SSH HOST KEY KEYS-----');
};
