/**
 * SSH servers that answer like nodes without being any, as a program: what a thousand targets cost
 * the machine that is measured must stay small. Takes an `Ssh2ServerJob` as its argument and says
 * `ready`; ends with the process that started it.
 */
import { readFileSync } from 'node:fs';
import ssh2, { type ServerChannel } from 'ssh2';
import type { Ssh2ServerJob } from './ssh2-targets.ts';

const job: Ssh2ServerJob = JSON.parse(process.argv[2] ?? '');
const hostKeys = [readFileSync(job.hostKeyPath)];
const allowed = ssh2.utils.parseKey(readFileSync(job.publicKeyPath));
if (allowed instanceof Error) throw allowed;
const allowedKey = allowed.getPublicSSH();

const cloudInit = JSON.stringify({
  result: { v1: { errors: [] } },
  status: { status: 'done' },
  disabled: false,
  prepared: true,
  reason: null,
  hint: null,
});

const answer = (channel: ServerChannel, status: number, output = ''): void => {
  if (output !== '') channel.write(output);
  channel.exit(status);
  channel.end();
};

/** Says what the product's scripts would say on a node that is up and has nothing yet. */
class Node {
  #received = 0;

  run(command: string, channel: ServerChannel): void {
    if (command.includes('receive-payload')) {
      channel.write('@applied \n@receiving\n');
      channel.on('data', (chunk: Buffer) => {
        this.#received += chunk.length;
      });
      channel.on('end', () => {
        const isWhole = this.#received === job.archiveSize;
        answer(channel, isWhole ? 0 : 20, isWhole ? '@configuring\n' : '');
      });
      return;
    }
    channel.resume();
    if (command.includes('await-cloud-init')) answer(channel, 0, `${cloudInit}\n`);
    else {
      channel.stderr.write(`no such command here: ${command.slice(0, 80)}\n`);
      answer(channel, 127);
    }
  }
}

let listening = 0;
for (const { address, port } of job.targets) {
  const server = new ssh2.Server({ hostKeys }, (client) => {
    const node = new Node();
    client.on('error', () => client.end());
    client.on('authentication', (context) => {
      const isKnown = context.method === 'publickey' && context.key.data.equals(allowedKey);
      if (!isKnown) context.reject(['publickey']);
      else if (context.signature === undefined || context.blob === undefined) context.accept();
      else if (allowed.verify(context.blob, context.signature, context.hashAlgo) === true) {
        context.accept();
      } else context.reject();
    });
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => node.run(command, acceptExec()));
    });
  });
  server.listen(port, address, () => {
    listening += 1;
    if (listening === job.targets.length) process.send?.('ready');
  });
}
process.on('disconnect', () => process.exit(0));
