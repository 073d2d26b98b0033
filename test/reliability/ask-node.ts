import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import ssh2 from 'ssh2';
import type { MachineTruth } from './invariants.ts';

const question = 'cat /opt/uploaded_files/config/version; systemctl is-active work.service >&2';

/**
 * Asks a node by SSH what is true of it, past the program. What strikes a node may do so just after
 * the program was done with it, so that a machine may be on its way back: it is asked until all is
 * well, or the time is over.
 *
 * @param patience Milliseconds that it may take to come back.
 */
export const askNode = async (
  port: number,
  privateKey: string,
  patience: number,
): Promise<MachineTruth> => {
  const giveUpAt = performance.now() + patience;
  for (;;) {
    const truth = await askOnce(port, privateKey);
    const isWell = truth.version !== undefined && truth.isServing;
    if (isWell || performance.now() >= giveUpAt) return truth;
    await setTimeout(500);
  }
};

const askOnce = async (port: number, privateKey: string): Promise<MachineTruth> => {
  const client = new ssh2.Client();
  try {
    const ready = once(client, 'ready');
    client.connect({ host: '127.0.0.1', port, username: 'ubuntu', privateKey });
    await ready;
    const [stdout, stderr] = await new Promise<[string, string]>((resolve, reject) => {
      client.exec(question, (error, channel) => {
        if (error) {
          reject(error);
          return;
        }
        const texts: [string, string] = ['', ''];
        channel.on('data', (chunk: Buffer) => {
          texts[0] += chunk;
        });
        channel.stderr.on('data', (chunk: Buffer) => {
          texts[1] += chunk;
        });
        channel.on('close', () => resolve(texts));
      });
    });
    return { version: stdout === '' ? undefined : stdout, isServing: /^active$/m.test(stderr) };
  } catch {
    // It can't be reached: nothing on it can be taken for true.
    return { version: undefined, isServing: false };
  } finally {
    client.end();
  }
};
