import ssh2, {
  type IdentityCallback,
  type KnownPublicKeys,
  type ParsedKey,
  type PublicKeyEntry,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2';

const { BaseAgent, createAgent, utils } = ssh2;

/**
 * The agent behind a socket, showing only one of its keys: a server gives up after a few wrong
 * ones (`MaxAuthTries` in sshd_config(5)), so an agent with many must not offer them all.
 */
export class OneKeyAgent extends BaseAgent {
  readonly #agent: ssh2.BaseAgent;
  readonly #publicKey: string;

  /** `publicKey` is type and base64, as in a `.pub` file. */
  constructor(socket: string, publicKey: string) {
    super();
    this.#agent = createAgent(socket);
    this.#publicKey = publicKey;
  }

  override getIdentities(callback: IdentityCallback): void {
    this.#agent.getIdentities((error, keys) => {
      if (error) callback(error);
      else callback(null, keys?.filter((key) => publicKeyLine(key) === this.#publicKey) ?? []);
    });
  }

  override sign(
    publicKey: string | Buffer | ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    if (typeof options === 'function') this.#agent.sign(publicKey, data, options);
    else this.#agent.sign(publicKey, data, options, callback);
  }
}

/**
 * The public keys that the agent behind a socket has, as type and base64. Rejects if no agent
 * answers there in time (milliseconds).
 */
export const listAgentKeys = (socket: string, timeout = 5_000): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer')), timeout);
    createAgent(socket).getIdentities((error, keys) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve(keys?.flatMap((key) => publicKeyLine(key) ?? []) ?? []);
    });
  });

/** Undefined for a type of key that ssh2 does not know, such as those of security keys. */
const publicKeyLine = (key: OfferedKey): string | undefined => {
  const parsed = utils.parseKey(isEntry(key) ? keyOf(key) : key);
  return parsed instanceof Error
    ? undefined
    : `${parsed.type} ${parsed.getPublicSSH().toString('base64')}`;
};

type OfferedKey = KnownPublicKeys<string | Buffer | ParsedKey>[number];

const isEntry = (key: OfferedKey): key is PublicKeyEntry =>
  typeof key === 'object' && 'pubKey' in key;

const keyOf = ({ pubKey }: PublicKeyEntry): string | Buffer | ParsedKey =>
  typeof pubKey === 'object' && 'pubKey' in pubKey ? pubKey.pubKey : pubKey;
