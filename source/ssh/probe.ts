import type { SshTarget } from './connection.ts';
import type { Session } from './session.ts';
import { nameOf } from './setback.ts';
import { ConnectionLostError } from './ssh-error.ts';

/**
 * Asks the server for a sign of life, after a time in which nobody could have noticed that the
 * connection broke. The session is lost where none comes within that many milliseconds.
 */
export const probe = (session: Session, target: SshTarget, patience: number): void => {
  if (session.lost.aborted) return;
  const timer = setTimeout(() => {
    session.end(
      new ConnectionLostError(
        `the connection to ${nameOf(target)} broke while this machine was asleep`,
        'make a new one',
      ),
    );
  }, patience);
  const done = () => {
    clearTimeout(timer);
    session.lost.removeEventListener('abort', done);
  };
  session.lost.addEventListener('abort', done, { once: true });
  session.client.exec(':', (error, channel) => {
    // A refusal is an answer as well.
    done();
    if (error !== undefined) return;
    channel.resume();
    channel.stderr.resume();
  });
};
