import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Ec2Error } from './errors.ts';

/** A public key as EC2 imports it. */
export type PublicKey = {
  /** One line in OpenSSH's format. */
  readonly line: string;
  /** First characters of the SHA-256 fingerprint, fit for a name. */
  readonly shortFingerprint: string;
};

/**
 * Reads a public key in OpenSSH's format. Rejects when the file can't be read, is no public key,
 * or is of a type that EC2 does not take.
 *
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-key-pairs.html#how-to-generate-your-own-key-and-import-it-to-aws
 */
export const readPublicKey = async (path: string): Promise<PublicKey> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw unusable(
      `can't read the public key ${path}: ${error instanceof Error ? error.message : String(error)}`,
      'Correct "public_ssh_key_path", or make a key: ssh-keygen -t ed25519.',
      error,
    );
  }
  const line = text.split('\n').find((candidate) => /^(ssh|ecdsa|sk)-/.test(candidate.trim()));
  const [type, base64] = line?.trim().split(/\s+/) ?? [];
  if (line === undefined || base64 === undefined) {
    throw unusable(
      `${path} is not a public key in OpenSSH's format`,
      text.includes('PRIVATE KEY')
        ? 'It is a private key: "public_ssh_key_path" wants the file that ends in .pub.'
        : 'It starts with "ssh-ed25519" or "ssh-rsa"; ssh-keygen -y prints the one of a private key.',
    );
  }
  if (type !== 'ssh-ed25519' && type !== 'ssh-rsa') {
    throw unusable(
      `${path} is of the type ${type}, which EC2 does not take`,
      'EC2 takes ssh-ed25519 and ssh-rsa: ssh-keygen -t ed25519.',
    );
  }
  const digest = createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex');
  return { line: line.trim(), shortFingerprint: digest.slice(0, 8) };
};

const unusable = (message: string, hint: string, cause?: unknown): Ec2Error =>
  new Ec2Error(message, { kind: 'invalid', hint, cause });
