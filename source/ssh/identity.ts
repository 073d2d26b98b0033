import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { listAgentKeys } from './agent.ts';
import type { SshIdentity } from './connection.ts';
import { type PrivateKeyReading, readPrivateKey } from './private-key.ts';
import { SshError } from './ssh-error.ts';

/** Asks a person; undefined means that they would rather not say. */
export type AskPassphrase = (question: PassphraseQuestion) => Promise<string | undefined>;

export type PassphraseQuestion = {
  /** The key file. */
  readonly path: string;
  /** From 1; greater means that the previous answer was wrong. */
  readonly attempt: number;
};

export type IdentitySource = {
  /** Absolute path of the private key; absent means that the agent has it. */
  readonly privateKeyPath?: string;
  /** Absolute path: where no private key is named, only this key of the agent's is used. */
  readonly publicKeyPath?: string;
  /** What SSH_AUTH_SOCK says. */
  readonly agentSocket?: string;
  /** Absent where nobody can be asked. */
  readonly askPassphrase?: AskPassphrase;
};

export type LoadedIdentity = {
  readonly identity: SshIdentity;
  /** Type and base64, as in a `.pub` file; absent where the agent chooses among its keys. */
  readonly publicKey?: string;
  /** Things that work here but that people should put right, one line each. */
  readonly warnings: readonly string[];
};

/**
 * Finds the key that proves to every node who we are. An encrypted one is taken from the agent if
 * that has it, as ssh does, and is decrypted otherwise: once, for the whole fleet, because each time
 * takes a quarter of a second in which nothing else happens.
 *
 * Rejects with an `SshError` of kind `identity`.
 */
export const loadIdentity = async (source: IdentitySource): Promise<LoadedIdentity> =>
  source.privateKeyPath === undefined
    ? loadFromAgent(source)
    : loadFromFile(source.privateKeyPath, source);

const loadFromFile = async (path: string, source: IdentitySource): Promise<LoadedIdentity> => {
  const { content, status } = await readKeyFile(path);
  const warnings = isTooOpen(status)
    ? [
        `others can read the private key ${path} (mode ${mode(status)}), so the system's ssh will refuse it: chmod 600 ${path}`,
      ]
    : [];

  const reading = readPrivateKey(content);
  if (reading.type === 'encrypted') {
    const fromAgent = await findInAgent(reading.publicKey, source.agentSocket);
    if (fromAgent !== undefined) return { ...fromAgent, warnings };
    return { ...usable(await decrypt(path, content, source.askPassphrase), path), warnings };
  }
  return { ...usable(reading, path), warnings };
};

const decrypt = async (
  path: string,
  content: Buffer,
  ask: AskPassphrase | undefined,
): Promise<PrivateKeyReading> => {
  if (ask === undefined) {
    throw new SshError(
      'identity',
      `the private key ${path} is protected by a passphrase, and there is nobody to ask for it`,
      `add it to the SSH agent first: ssh-add ${path}`,
    );
  }

  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const passphrase = await ask({ path, attempt });
    if (passphrase === undefined) {
      throw new SshError(
        'identity',
        `no passphrase was given for the private key ${path}`,
        `add it to the SSH agent to be asked only once: ssh-add ${path}`,
      );
    }
    const reading = readPrivateKey(content, passphrase);
    // An empty passphrase decrypts nothing.
    if (reading.type !== 'wrong-passphrase' && reading.type !== 'encrypted') return reading;
  }
  return { type: 'wrong-passphrase' };
};

const usable = (
  reading: PrivateKeyReading,
  path: string,
): Pick<LoadedIdentity, 'identity' | 'publicKey'> => {
  switch (reading.type) {
    case 'key':
      return {
        identity: { type: 'key', privateKey: reading.privateKey, parsed: reading.parsed },
        publicKey: reading.publicKey,
      };
    case 'wrong-passphrase':
    case 'encrypted':
      throw new SshError(
        'identity',
        `wrong passphrase for the private key ${path}`,
        `try it by itself: ssh-keygen -y -f ${path}`,
      );
    case 'public':
      throw new SshError(
        'identity',
        `${path} holds a public key, not a private one`,
        path.endsWith('.pub')
          ? `name the private key, usually ${path.slice(0, -'.pub'.length)}`
          : 'name the private key, the file that ssh-keygen made without .pub',
      );
    case 'unusable':
      throw new SshError(
        'identity',
        `${path} is not a private key that can be used: ${reading.reason}`,
        'make a new one: ssh-keygen -t ed25519',
      );
    default:
      return reading satisfies never;
  }
};

const loadFromAgent = async (source: IdentitySource): Promise<LoadedIdentity> => {
  const { agentSocket, publicKeyPath } = source;
  if (agentSocket === undefined || agentSocket === '') {
    throw new SshError(
      'identity',
      'no private key is configured, and there is no SSH agent (SSH_AUTH_SOCK is not set)',
      'set aws.private_ssh_key_path in the configuration, or start an agent and run ssh-add',
    );
  }

  const keys = await askAgent(agentSocket);
  if (publicKeyPath === undefined) {
    if (keys.length > 0) {
      return { identity: { type: 'agent', socket: agentSocket }, warnings: [] };
    }
    throw new SshError(
      'identity',
      `the SSH agent at ${agentSocket} has no key that can be used`,
      'add yours: ssh-add, or ssh-add FILE',
    );
  }

  const { content } = await readKeyFile(publicKeyPath);
  const [type = '', data = ''] = content.toString('utf8').trim().split(/\s+/);
  const publicKey = `${type} ${data}`;
  if (keys.includes(publicKey)) {
    return {
      identity: { type: 'agent', socket: agentSocket, publicKey },
      publicKey,
      warnings: [],
    };
  }
  throw new SshError(
    'identity',
    `the SSH agent at ${agentSocket} does not have the key of ${publicKeyPath}`,
    `add the private key: ssh-add ${publicKeyPath.replace(/\.pub$/, '')}`,
  );
};

const askAgent = async (socket: string): Promise<string[]> => {
  try {
    return await listAgentKeys(socket);
  } catch (error) {
    throw new SshError(
      'identity',
      `the SSH agent at ${socket} (SSH_AUTH_SOCK) does not answer: ${messageOf(error)}`,
      'start one with: eval $(ssh-agent), then ssh-add; or set aws.private_ssh_key_path',
      { cause: error },
    );
  }
};

const findInAgent = async (
  publicKey: string | undefined,
  socket: string | undefined,
): Promise<Pick<LoadedIdentity, 'identity' | 'publicKey'> | undefined> => {
  if (publicKey === undefined || socket === undefined || socket === '') return undefined;

  // An agent that does not answer is no reason not to ask for the passphrase.
  const keys = await listAgentKeys(socket).catch((): string[] => []);
  return keys.includes(publicKey)
    ? { identity: { type: 'agent', socket, publicKey }, publicKey }
    : undefined;
};

const readKeyFile = async (path: string): Promise<{ content: Buffer; status: Stats }> => {
  try {
    return { content: await readFile(path), status: await stat(path) };
  } catch (error) {
    const { reason, hint } = explain(error, path);
    throw new SshError('identity', `can't read the key ${path}: ${reason}`, hint, {
      cause: error,
    });
  }
};

const explain = (error: unknown, path: string): { reason: string; hint: string } => {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ENOENT':
    case 'ENOTDIR':
      return {
        reason: 'there is no such file',
        hint: `correct the path in the configuration, or make the key: ssh-keygen -t ed25519 -f ${path}`,
      };
    case 'EACCES':
    case 'EPERM':
      return {
        reason: 'you are not allowed to',
        hint: `make the file yours: ls -l ${path} shows whose it is`,
      };
    case 'EISDIR':
      return { reason: 'it is a directory', hint: 'name the file of the private key in it' };
    default:
      return { reason: messageOf(error), hint: 'correct the path in the configuration' };
  }
};

/** ssh's own rule: only for files of one's own, and not on Windows, which has no such modes. */
const isTooOpen = (status: Stats): boolean =>
  process.getuid !== undefined && status.uid === process.getuid() && (status.mode & 0o077) !== 0;

const mode = (status: Stats): string => (status.mode & 0o777).toString(8).padStart(4, '0');

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
