import type { NodeConnection } from '../ssh/connection.ts';
import { repeatable } from './connected.ts';
import type { NodeContext } from './node-context.ts';
import { inlineScript } from './remote-script.ts';
import type { SpotNotice } from './spot-notices.ts';

/** What became of the command that a node runs before EC2 takes it. */
export type DrainEnd =
  | {
      readonly type: 'ended';
      readonly exitStatus: number;
      /** Whether somebody else who heard the notice had begun it. */
      readonly wasBegun: boolean;
    }
  /** It did not run, or what it came to can't be told. */
  | { readonly type: 'unknown'; readonly reason: string };

export type DrainRequest = {
  readonly command: string;
  readonly notice: Extract<SpotNotice, { type: 'interruption' }>;
  /** Hears each line that the command says, once. */
  readonly onLine: (line: string) => void;
  /** Ends the listening; the command goes on. */
  readonly signal: AbortSignal;
};

/** Status of a command whose time was over, as `timeout` tells it. */
const outOfTime = 124;

/** Status with which `templates/drain-node.sh` says that it can't tell how the command ended. */
const untold = 125;

/**
 * Has a node run a command before EC2 takes it, bounded by the notice's deadline by the node's own
 * clock. It runs once for the notice, whoever else asks for it, and goes on when the connection
 * breaks, which is made again then.
 *
 * @throws SshError when the node can't be asked any more, and the signal's reason.
 */
export const drainNode = async (
  context: NodeContext,
  connection: NodeConnection,
  { command, notice, onLine, signal }: DrainRequest,
): Promise<DrainEnd> => {
  const { machine, scripts } = context;
  const deadline = String(Math.floor(notice.time / 1000));
  // It ends once, but may be stopped again and again.
  const which = notice.action === 'terminate' ? notice.action : deadline;
  const key = `${machine.instanceId ?? 'unknown'}-${which}`;
  // It may run for long, and its text is in the node's list of processes.
  const script = scripts.drainNode.replaceAll(/^\s*#.*\n/gm, '');
  const line = inlineScript('drain-node', script, {
    arguments: [key, deadline, notice.action, command],
  });
  let told = 0;
  let wasBegun: boolean | undefined;
  const run = () => {
    let heard = -1;
    let problem: string | undefined;
    const hear = (text: string) => {
      heard += 1;
      if (heard === 0) {
        problem = /^unable: (.*)$/.exec(text)?.[1];
        wasBegun ??= text === 'joined';
      } else if (heard > told) {
        told = heard;
        onLine(text);
      }
    };
    return connection
      .exec(line, {
        signal,
        maximumOutput: 4_096,
        onLine: (text, stream) => {
          if (stream === 'stdout') hear(text);
        },
      })
      .then(({ exitCode, stderr }): DrainEnd => {
        if (problem !== undefined) return { type: 'unknown', reason: problem };
        const said = stderr.trim().split('\n').at(-1) ?? '';
        if (heard < 0) return { type: 'unknown', reason: said || `exit status ${exitCode}` };
        if (exitCode === null || exitCode === untold) {
          return { type: 'unknown', reason: 'the node can’t tell how it ended' };
        }
        return { type: 'ended', exitStatus: exitCode, wasBegun: wasBegun ?? false };
      });
  };
  return repeatable(context, connection, signal, run);
};

/** How a command ended, in words. */
export const describeDrain = (end: DrainEnd): string => {
  if (end.type === 'unknown') return end.reason;
  return end.exitStatus === outOfTime ? 'its time was over' : `exit status ${end.exitStatus}`;
};
