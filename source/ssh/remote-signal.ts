import type { ClientChannel } from 'ssh2';

/**
 * Sends a signal to a command's process group (RFC 4254 section 6.9), if the server still listens.
 * Servers may ignore it; OpenSSH honours it since 7.9.
 *
 * ssh2's own `signal()` does nothing once standard input has ended, which for us is nearly always:
 * sshd takes signals until the channel is closed. So this asks its protocol object directly, and
 * falls back to the public method should a later ssh2 have none.
 */
export const sendSignal = (channel: ClientChannel, signal: 'TERM' | 'KILL'): void => {
  const protocol = property(property(channel, '_client'), '_protocol');
  const id = property(channel.outgoing, 'id');
  const send = property(protocol, 'signal');

  if (typeof send === 'function' && typeof id === 'number')
    Reflect.apply(send, protocol, [id, signal]);
  else channel.signal(signal);
};

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
