import type { StoredSecret } from '../config/secret-reference.ts';
import type { AccountRegionOptions } from './account-region.ts';
import { createContact } from './contact.ts';
import { Ec2Error } from './errors.ts';
import { guard } from './guard.ts';
import { ask, type SendOptions } from './request.ts';
import type { AccountRegion } from './scope.ts';

/** One secret where AWS keeps it. */
export type SecretStore = {
  /** Undefined where it has no text. Rejects with what the SDK throws. */
  read(options: SendOptions): Promise<string | undefined>;
  close(): void;
};

/**
 * Asks AWS for the text of a secret. The client for it is loaded only here: few configurations name
 * any. No error has anything of the secret in it.
 *
 * @throws Ec2Error
 */
export const readStoredSecret = (
  options: Pick<AccountRegionOptions, 'calls' | 'endpoint' | 'maximumAttempts' | 'version'>,
  scope: AccountRegion,
  secret: StoredSecret,
  signal: AbortSignal,
): Promise<string> => {
  const { region } = scope;
  const doing = `read ${secret.written}`;
  return guard(region, doing, signal, async () => {
    const action = actions[secret.type];
    const store = await openStore(options, scope, secret);
    try {
      // What is known of EC2 in the region says nothing of another service there.
      const contact = createContact({ onTrouble: scope.onTrouble, onRecovery: () => undefined });
      const text = await ask({ ...scope, contact }, { doing, action }, signal, (sendOptions) =>
        withoutAnswer(store.read(sendOptions)),
      );
      if (text === undefined) {
        throw unusable(
          secret,
          'it holds bytes, not text',
          'Store it as text, in base64 for instance.',
        );
      }
      return secret.type === 'secretsmanager' && secret.key !== undefined
        ? memberOf(secret, secret.key, text)
        : text;
    } finally {
      store.close();
    }
  });
};

const actions = {
  ssm: 'ssm:GetParameter',
  secretsmanager: 'secretsmanager:GetSecretValue',
} as const satisfies Record<StoredSecret['type'], string>;

const openStore = async (
  { calls, endpoint, maximumAttempts, version }: Parameters<typeof readStoredSecret>[0],
  { account, profile, region }: AccountRegion,
  secret: StoredSecret,
): Promise<SecretStore> => {
  const configuration = {
    region,
    customUserAgent: [['spot-tui', version]] satisfies [string, string][],
    requestHandler: {
      connectionTimeout: 10_000,
      requestTimeout: 30_000,
      throwOnRequestTimeout: true,
    },
    maxAttempts: maximumAttempts ?? 6,
    credentials: account.credentials.provide,
    ...(profile === undefined ? {} : { profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  switch (secret.type) {
    case 'ssm': {
      const { openParameterStore } = await import('./parameter-store.ts');
      return openParameterStore(configuration, secret.parameter, () => calls.add('GetParameter'));
    }
    case 'secretsmanager': {
      const { openSecretsManager } = await import('./secrets-manager.ts');
      return openSecretsManager(configuration, secret.id, () => calls.add('GetSecretValue'));
    }
    default:
      return secret satisfies never;
  }
};

/** An answer that can't be read may have the secret in it, and so has the error of who reads it. */
const withoutAnswer = async <Value>(reading: Promise<Value>): Promise<Value> => {
  try {
    return await reading;
  } catch (error) {
    throw error instanceof SyntaxError ? new Error('the answer is no JSON') : error;
  }
};

/** One member of a JSON object, in which Secrets Manager keeps what belongs together. */
const memberOf = (secret: StoredSecret, key: string, text: string): string => {
  const value = memberIn(text, key);
  const name = JSON.stringify(key);
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
      return String(value);
    default:
      throw unusable(
        secret,
        value === undefined
          ? `it is no JSON object with the key ${name}`
          : `what it has under the key ${name} is no text`,
        'Name a key whose value is text after the "#".',
      );
  }
};

const memberIn = (text: string, key: string): unknown => {
  try {
    const object: unknown = JSON.parse(text);
    return typeof object === 'object' && object !== null && Object.hasOwn(object, key)
      ? (object as Readonly<Record<string, unknown>>)[key]
      : undefined;
  } catch {
    // Words of the parser would show a piece of it.
    return undefined;
  }
};

const unusable = ({ region, written }: StoredSecret, why: string, hint: string): Ec2Error =>
  new Ec2Error(`${region}: can't use ${written}: ${why}`, { kind: 'invalid', hint, region });
