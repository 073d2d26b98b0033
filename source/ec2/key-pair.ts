import { DescribeKeyPairsCommand, ImportKeyPairCommand } from '@aws-sdk/client-ec2';
import { Ec2Error } from './errors.ts';
import { type PublicKey, readPublicKey } from './public-key.ts';
import { ask } from './request.ts';
import { resourceName, tagSpecification } from './resource-tags.ts';
import type { RegionScope } from './scope.ts';

/** The key pair to launch with, and the public key to import first where EC2 has none. */
export type KeyPair = { readonly name: string; readonly missing?: PublicKey };

/**
 * The configured key pair, which must exist, or the one named after the public key. Rejects when
 * the file or the key pair is not there.
 */
export const findKeyPair = async (scope: RegionScope, signal: AbortSignal): Promise<KeyPair> => {
  const { keyName, publicKeyPath } = scope.config.ssh;
  if (keyName !== undefined) {
    if (await exists(scope, keyName, signal)) return { name: keyName };
    throw new Ec2Error(`${scope.region}: there is no key pair ${keyName}`, {
      kind: 'not-found',
      code: 'InvalidKeyPair.NotFound',
      region: scope.region,
      hint:
        'Key pairs belong to one region: import it there, or leave "ssh_key_name" out and ' +
        'spot-tui imports "public_ssh_key_path".',
    });
  }
  if (publicKeyPath === undefined) {
    throw new Ec2Error('there is no SSH key to launch with', {
      kind: 'invalid',
      hint: 'Set "public_ssh_key_path", or "ssh_key_name" for a key pair that EC2 has.',
    });
  }
  const key = await readPublicKey(publicKeyPath);
  const name = `${resourceName(scope)}-${key.shortFingerprint}`;
  return (await exists(scope, name, signal)) ? { name } : { name, missing: key };
};

/** Imports the public key where EC2 does not have it. Returns the key pair's name. */
export const ensureKeyPair = async (
  scope: RegionScope,
  { name, missing }: KeyPair,
  signal: AbortSignal,
): Promise<string> => {
  if (missing === undefined) return name;
  try {
    await ask(
      scope,
      { doing: `import the key pair ${name}`, action: 'ImportKeyPair' },
      signal,
      (options) =>
        scope.client.send(new ImportKeyPairCommand(keyPairRequest(scope, name, missing)), options),
    );
  } catch (error) {
    // Named after its content: whoever imported it in the meantime imported the same key.
    if (!(error instanceof Ec2Error) || error.code !== 'InvalidKeyPair.Duplicate') throw error;
  }
  return name;
};

/** Input of `ImportKeyPair` for the deployment. */
export const keyPairRequest = (scope: RegionScope, name: string, key: PublicKey) => ({
  KeyName: name,
  PublicKeyMaterial: Buffer.from(key.line),
  TagSpecifications: [tagSpecification(scope, 'key-pair')],
});

/** By filter, because asking for an unknown name is an error. */
const exists = async (scope: RegionScope, name: string, signal: AbortSignal): Promise<boolean> => {
  const answer = await ask(
    scope,
    { doing: `look up the key pair ${name}`, action: 'DescribeKeyPairs' },
    signal,
    (options) =>
      scope.client.send(
        new DescribeKeyPairsCommand({ Filters: [{ Name: 'key-name', Values: [name] }] }),
        options,
      ),
  );
  return (answer.KeyPairs ?? []).some(({ KeyName }) => KeyName === name);
};
