import type { ExecResult, NodeConnection } from '../../ssh/connection.ts';
import { repeatable } from '../connected.ts';
import type { NodeContext } from '../node-context.ts';
import { appliedManifest, receiveCommand, type Upload, untilIntact } from './uploading.ts';

/** Bytes from which on a node is asked what it has before anything is sent to it. */
const large = 1024 * 1024;

/** What has become of a payload. */
export type Delivery = {
  /** The digest of the manifest that the node had applied before, empty where it never did. */
  readonly applied: string;
  /** Whether it has received the payload: it had others, or somebody has changed its files. */
  readonly wasReceived: boolean;
  /**
   * Ends once configure-services has, which the node has started by itself because there is no
   * cloud-init to be waited for or to be judged; absent otherwise.
   */
  readonly configuring?: Promise<ExecResult>;
};

/**
 * Sends the payload unless the node has applied it, and has the node go on at once where nothing
 * keeps it: one command, because each one costs two round trips and some processes on the node.
 * Resolves once the files are there.
 *
 * @param signals.uploading Ends it until then.
 * @param signals.all Ends what goes on after that.
 * @throws PhaseFailure
 */
export const deliver = async (
  context: NodeContext,
  connection: NodeConnection,
  what: Upload,
  signals: { readonly uploading: AbortSignal; readonly all: AbortSignal },
): Promise<Delivery> => {
  const { archive, manifestDigest } = what.payload;
  const { uploading } = signals;
  const command = receiveCommand(context, what, ['--configure']);
  const signal = AbortSignal.any([uploading, signals.all]);
  const isThere =
    archive.length > large &&
    (await appliedManifest(context, connection, uploading)) === manifestDigest;

  let delivery: Delivery = { applied: '', wasReceived: false };
  await untilIntact(context, uploading, (attempt) =>
    repeatable(context, connection, uploading, async () => {
      const stdin = isThere && attempt === 1 ? undefined : archive;
      const sending = send(context, connection, command, { stdin, signal });
      await Promise.race([sending.received, sending.ended]);
      delivery = sending.delivery();
      return delivery.configuring === undefined ? sending.ended : undefined;
    }),
  );
  if (delivery.applied === manifestDigest) {
    context.report.log(
      delivery.wasReceived
        ? 'somebody has changed files on the node: they were sent again'
        : 'the files are on the node already',
    );
  }
  return delivery;
};

type Sending = {
  /** Resolves once the command goes on after the upload, and never where it doesn't. */
  readonly received: Promise<void>;
  /** The end of the command. */
  readonly ended: Promise<ExecResult>;
  /** What it has said so far. */
  readonly delivery: () => Delivery;
};

/** Runs the command, and reads what it says on its way. */
const send = (
  { report }: NodeContext,
  connection: NodeConnection,
  command: string,
  { stdin, signal }: { readonly stdin: Buffer | undefined; readonly signal: AbortSignal },
): Sending => {
  const received = Promise.withResolvers<void>();
  let applied = '';
  let stage: 'asking' | 'receiving' | 'configuring' = 'asking';
  let wasReceived = false;
  let progress: readonly [done: number, total: number] | undefined;

  const ended = connection.exec(command, {
    ...(stdin === undefined ? {} : { stdin }),
    signal,
    onProgress: (...count) => {
      progress = count;
      // Nothing is sent as far as anybody cares, where the node has it already.
      if (stage === 'receiving') report.progress('uploading', ...count);
    },
    onLine: (line, stream) => {
      if (stream !== 'stdout') return;
      const [word, digest = ''] = line.split(' ');
      if (word === '@applied') {
        applied = digest;
      } else if (word === '@receiving') {
        stage = 'receiving';
        wasReceived = true;
        if (progress !== undefined) report.progress('uploading', ...progress);
      } else if (word === '@configuring') {
        if (stage === 'receiving' && stdin !== undefined) {
          report.progress('uploading', stdin.length, stdin.length);
        }
        stage = 'configuring';
        received.resolve();
      }
    },
  });
  return {
    received: received.promise,
    ended,
    delivery: () => ({
      applied,
      wasReceived,
      ...(stage === 'configuring' ? { configuring: ended } : {}),
    }),
  };
};
