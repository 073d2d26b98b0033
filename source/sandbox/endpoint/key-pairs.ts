import { createHash, createPublicKey } from 'node:crypto';
import ssh2 from 'ssh2';
import type { Action } from './call.ts';
import { Ec2Failure } from './failure.ts';
import { select } from './filters.ts';
import { newId } from './identifiers.ts';
import type { Region } from './region.ts';
import { putTags, tagSet, tagSpecifications, tagsFor, tagsOf } from './tags.ts';

/** A public key that instances can be launched with. */
export type KeyPair = {
  readonly id: string;
  readonly name: string;
  readonly type: 'rsa' | 'ed25519';
  readonly fingerprint: string;
  /** One line, as OpenSSH has it. */
  readonly publicKey: string;
  readonly createdAt: number;
};

/** @throws Ec2Failure `InvalidKeyPair.NotFound` */
export const keyPairNamed = (region: Region, name: string): KeyPair => {
  const pair = region.keyPairs.get(name);
  if (pair === undefined) {
    throw new Ec2Failure('InvalidKeyPair.NotFound', `The key pair '${name}' does not exist`);
  }
  return pair;
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportKeyPair.html */
export const importKeyPair: Action = ({ cloud, region, parameters }) => {
  const name = parameters.required('KeyName');
  const material = Buffer.from(parameters.required('PublicKeyMaterial'), 'base64').toString();
  const tags = tagsFor(tagSpecifications(parameters, ['key-pair']), 'key-pair');
  const key = readPublicKey(material);
  if (region.keyPairs.has(name)) {
    throw new Ec2Failure('InvalidKeyPair.Duplicate', `The keypair already exists`);
  }
  return () => {
    const pair: KeyPair = {
      ...key,
      id: newId('key'),
      name,
      publicKey: material.trim(),
      createdAt: cloud.clock.now(),
    };
    region.keyPairs.set(name, pair);
    putTags(region, pair.id, tags);
    return {
      keyName: name,
      keyPairId: pair.id,
      keyFingerprint: pair.fingerprint,
      tagSet: tagSet(tags),
    };
  };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-keys.html */
const readPublicKey = (line: string): Pick<KeyPair, 'type' | 'fingerprint'> => {
  const key = ssh2.utils.parseKey(line);
  if (key instanceof Error || key.isPrivateKey()) throw invalidFormat();
  if (key.type === 'ssh-ed25519') {
    const digest = createHash('sha256').update(key.getPublicSSH()).digest('base64');
    return { type: 'ed25519', fingerprint: digest };
  }
  if (key.type !== 'ssh-rsa') throw invalidFormat();
  const encoded = createPublicKey(key.getPublicPEM()).export({ type: 'spki', format: 'der' });
  const digest = createHash('md5').update(encoded).digest('hex');
  return { type: 'rsa', fingerprint: digest.replace(/..(?=.)/g, '$&:') };
};

const invalidFormat = (): Ec2Failure =>
  new Ec2Failure('InvalidKey.Format', 'Key is not in valid OpenSSH public key format');

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeKeyPairs.html */
export const describeKeyPairs: Action = ({ region, parameters }) => {
  const names = parameters.texts('KeyName');
  const ids = parameters.texts('KeyPairId');
  const withKey = parameters.flag('IncludePublicKey') ?? false;
  for (const name of names) keyPairNamed(region, name);
  for (const id of ids) {
    if (![...region.keyPairs.values()].some((pair) => pair.id === id)) {
      throw new Ec2Failure('InvalidKeyPair.NotFound', `The key pair '${id}' does not exist`);
    }
  }
  const found = select(
    parameters,
    region.keyPairs.values(),
    {
      'key-name': (pair) => [pair.name],
      'key-pair-id': (pair) => [pair.id],
      fingerprint: (pair) => [pair.fingerprint],
    },
    (pair) => tagsOf(region, pair.id),
  )
    .filter((pair) => names.length === 0 || names.includes(pair.name))
    .filter((pair) => ids.length === 0 || ids.includes(pair.id));
  return () => ({
    keySet: found.map((pair) => ({
      keyPairId: pair.id,
      keyName: pair.name,
      keyType: pair.type,
      keyFingerprint: pair.fingerprint,
      publicKey: withKey ? pair.publicKey : undefined,
      createTime: new Date(pair.createdAt),
      tagSet: tagSet(tagsOf(region, pair.id)),
    })),
  });
};

/**
 * Succeeds for keys that aren't there.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteKeyPair.html
 */
export const deleteKeyPair: Action = ({ region, parameters }) => {
  const id = parameters.text('KeyPairId');
  const name = id === undefined ? parameters.required('KeyName') : parameters.text('KeyName');
  const pair = [...region.keyPairs.values()].find(
    (candidate) => candidate.name === name || candidate.id === id,
  );
  return () => {
    if (pair !== undefined) {
      region.keyPairs.delete(pair.name);
      region.tags.delete(pair.id);
    }
    return { return: true, keyPairId: pair?.id };
  };
};
