import type { AnyAuthMethod } from 'ssh2';
import { OneKeyAgent } from './agent.ts';
import type { SshIdentity, SshTarget } from './connection.ts';

/** The only method that is tried: asking what the server allows first would cost a round trip. */
export const authentication = ({ username }: SshTarget, identity: SshIdentity): AnyAuthMethod => {
  switch (identity.type) {
    case 'key':
      return {
        type: 'publickey',
        username,
        key: identity.parsed ?? identity.privateKey,
        ...(identity.passphrase === undefined ? {} : { passphrase: identity.passphrase }),
      };
    case 'agent':
      return {
        type: 'agent',
        username,
        agent:
          identity.publicKey === undefined
            ? identity.socket
            : new OneKeyAgent(identity.socket, identity.publicKey),
      };
    default:
      return identity satisfies never;
  }
};
