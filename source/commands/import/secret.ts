import { isUtf8 } from 'node:buffer';
import path from 'node:path';

const names =
  /(?:^|[._-])(?:orchestrator_token|token|secrets?|credentials?|passwords?|passwd|api[_-]?keys?)(?:[._-]|$)|^\.env(?:\.|$)|^id_(?:rsa|dsa|ecdsa|ed25519)$|\.(?:pem|key|p12|pfx|jks)$/i;

const contents =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----|^\s*(?:export\s+)?aws_(?:secret_access_key|session_token)\s*=/im;

/** Code and units name secrets without holding them. */
const code = /\.(?:sh|bash|py|js|ts|service|timer|socket)$/i;

/** Whether a file seems to hold what should not be in a repository. */
export const holdsSecret = (file: string, content: Buffer): boolean => {
  const name = path.posix.basename(file);
  if (names.test(name) && !code.test(name)) return true;
  return isUtf8(content) && contents.test(content.toString('utf8'));
};
