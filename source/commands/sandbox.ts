import { stateFolders } from '../config/state-folders.ts';
import { fittingTable, leftOutLine } from '../reporters/fitting-table.ts';
import {
  clearFaults,
  type FaultRequest,
  injectFault,
  type SandboxStatus,
  sandboxStatus,
  stopSandbox,
} from '../sandbox/client.ts';
import type { Invocation, RunCommand } from './command.ts';
import { type ExitStatus, exitStatus, UsageError } from './exit-status.ts';
import { terminalWidth } from './terminal-width.ts';

const usage = 'Usage: spot-tui sandbox [status|stop|fault KIND …].';

/** Shows the embedded cloud, stops it, or does something bad to what runs in it. */
export const run: RunCommand = async (invocation) => {
  const [action = 'status', ...words] = invocation.words;
  const folder = stateFolders(invocation.environment).sandbox;
  switch (action) {
    case 'status':
      refuseMore(words);
      return showStatus(invocation, await sandboxStatus(folder));
    case 'stop': {
      refuseMore(words);
      const stopped = await stopSandbox(folder, { onProgress: tellNodesLeft(invocation) });
      say(invocation, { stopped }, stopped ? 'The sandbox has ended.' : 'No sandbox is running.');
      return exitStatus.success;
    }
    case 'fault':
      return fault(invocation, folder, words);
    default:
      throw new UsageError(`sandbox does not know ${action}`, usage);
  }
};

/** Milliseconds between two lines that say how many nodes are left. */
const newsInterval = 5_000;

/** Says now and then, where the end takes long, how many nodes are left. */
const tellNodesLeft = ({ stderr }: Invocation): ((left: number) => void) => {
  let due = Date.now() + newsInterval;
  return (left) => {
    if (Date.now() < due || left === 0) return;
    due = Date.now() + newsInterval;
    stderr.write(`ending ${left === 1 ? 'one node' : `${left} nodes`} more\n`);
  };
};

const refuseMore = ([word]: readonly string[]): void => {
  if (word !== undefined) throw new UsageError(`what is ${word} for?`, usage);
};

const say = ({ options, stdout }: Invocation, json: object, text: string): void => {
  stdout.write(`${options.json ? JSON.stringify(json) : text}\n`);
};

const showStatus = (invocation: Invocation, status: SandboxStatus | undefined): ExitStatus => {
  if (status === undefined) {
    say(
      invocation,
      { running: false },
      'No sandbox is running. `spot-tui create --sandbox` starts one.',
    );
    return exitStatus.success;
  }
  const { endpointUrl, fast, isOwnBuild, nodes, pid } = status;
  const table = fittingTable(
    [
      { title: 'NODE', cells: nodes.map(({ node }) => node ?? '-') },
      { title: 'INSTANCE', cells: nodes.map(({ instanceId }) => instanceId), leaves: 3 },
      { title: 'ZONE', cells: nodes.map(({ zone }) => zone), leaves: 1 },
      { title: 'TYPE', cells: nodes.map(({ instanceType }) => instanceType), leaves: 2 },
      { title: 'STATE', cells: nodes.map(({ state }) => state) },
      {
        title: 'SSH',
        cells: nodes.map(({ address, sshPort = 22 }) =>
          address === undefined ? '-' : `${address}:${sshPort}`,
        ),
        leaves: 4,
      },
    ],
    terminalWidth(invocation.stdout),
  );
  say(
    invocation,
    { running: true, pid, endpointUrl, fast, isOwnBuild, nodes },
    [
      `Process ${pid}, EC2 endpoint ${endpointUrl}${fast ? ', boots at once' : ''}.`,
      ...(isOwnBuild ? [] : ['It is of another build: end it with `spot-tui sandbox stop`.']),
      ...(nodes.length === 0 ? ['Nothing runs in it.'] : [...table.lines, ...leftOutLine(table)]),
    ].join('\n'),
  );
  return exitStatus.success;
};

const faultUsage =
  'Write one of: reclaim NODE, rebalance NODE, refuse-capacity [REGION] [spot|on-demand], throttle [ACTION], deny [ACTION [CODE]], cut-ssh NODE, fill-disk NODE, stop-service NODE, reboot NODE, silence-console [NODE|REGION], clear.';

const fault = async (
  invocation: Invocation,
  folder: string,
  [kind, subject, ...rest]: readonly string[],
): Promise<ExitStatus> => {
  const takesTwo = kind === 'deny' || kind === 'refuse-capacity';
  const [second, ...more] = takesTwo ? rest : [undefined, ...rest];
  if (more.length > 0) throw new UsageError(`what is ${more[0]} for?`, faultUsage);
  if (kind === 'clear') {
    await clearFaults(folder);
    say(invocation, { cleared: true }, 'Requests are answered as usual again.');
    return exitStatus.success;
  }
  const instanceIds = await injectFault(folder, faultOf(kind, subject, second));
  say(
    invocation,
    { fault: kind, instanceIds },
    instanceIds.length === 0
      ? `${[kind, subject, second].filter(Boolean).join(' ')} from now on; \`spot-tui sandbox fault clear\` ends it.`
      : `${kind}: ${instanceIds.join(', ')}.${kind === 'silence-console' ? keptTrust : ''}`,
  );
  return exitStatus.success;
};

const keptTrust =
  ' What was verified stays so: `spot-tui sandbox fault silence-console` concerns nodes that are still to come.';

const faultOf = (
  kind: string | undefined,
  subject: string | undefined,
  second: string | undefined,
): FaultRequest => {
  switch (kind) {
    case 'throttle':
      return { kind, ...(subject === undefined ? {} : { action: subject }) };
    case 'deny':
      return {
        kind,
        ...(subject === undefined ? {} : { action: subject }),
        ...(second === undefined ? {} : { code: second }),
      };
    case 'refuse-capacity':
      return { kind, ...refused([subject, second]) };
    case 'silence-console':
      return { kind, ...(subject === undefined ? {} : { target: subject }) };
    case 'reclaim':
    case 'rebalance':
    case 'cut-ssh':
    case 'fill-disk':
    case 'stop-service':
    case 'reboot':
      if (subject === undefined) throw new UsageError(`${kind} which node?`, faultUsage);
      return { kind, target: subject };
    default:
      throw new UsageError(
        kind === undefined ? 'which fault?' : `there is no fault ${kind}`,
        faultUsage,
      );
  }
};

/** What is refused: in a region or everywhere, of one kind or of both. */
const refused = (words: readonly (string | undefined)[]) => {
  const [region, ...others] = words.filter((word) => word !== undefined && !isLifecycle(word));
  if (others.length > 0)
    throw new UsageError(`${others[0]} is neither spot nor on-demand`, faultUsage);
  const lifecycle = words.find(isLifecycle);
  return {
    ...(region === undefined ? {} : { region }),
    ...(lifecycle === undefined ? {} : { lifecycle }),
  };
};

const isLifecycle = (word: string | undefined): word is 'spot' | 'on-demand' =>
  word === 'spot' || word === 'on-demand';
