import { constants } from 'node:os';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import {
  type CommandEnd,
  launchStatus,
  type NodeRoot,
  type RunningCommand,
} from '../isolation/node-root.ts';
import { type ExecLine, expandVariables } from './exec-line.ts';
import type { Journal } from './journal.ts';
import type { Output, Service } from './unit.ts';
import type { MainEnd } from './unit-runtime.ts';

/** Longest line that the journal takes as one record. */
const maximumLine = 48 * 1024;

/** Starts one process of a service; what it prints goes where the unit says. */
export const startProcess = ({
  root,
  journal,
  unitId,
  service,
  line,
  environment,
  invocationId,
  lasting,
}: {
  readonly root: NodeRoot;
  readonly journal: Journal;
  readonly unitId: string;
  readonly service: Service;
  readonly line: ExecLine;
  readonly environment: Readonly<Record<string, string>>;
  readonly invocationId: string;
  readonly lasting: boolean;
}): RunningCommand => {
  const words = line.literal ? line.words : expandVariables(line.words, environment);
  const appendTo = {
    ...('appendTo' in service.output ? { stdout: service.output.appendTo } : {}),
    ...('appendTo' in service.errorOutput ? { stderr: service.errorOutput.appendTo } : {}),
  };
  const process = root.run({
    words,
    user: line.privileged ? 'root' : service.user,
    environment,
    directory: service.directory.path,
    stdin: 'ignore',
    manner: service.directory.optional ? 'login' : 'service',
    lasting,
    appendTo,
  });
  let pid: number | undefined;
  const identifier = service.identifier ?? basename(words[0] ?? unitId);
  const take = (output: Output, stream: RunningCommand['stdout']): void => {
    if (!('to' in output) || output.to === 'null') {
      stream.resume();
      return;
    }
    createInterface({ input: stream }).on('line', (text) => {
      pid ??= process.pid();
      const found = /^<([0-7])>(.*)$/s.exec(text);
      journal.write({
        message: (found?.[2] ?? text).slice(0, maximumLine),
        priority: found === null ? 6 : Number(found[1]),
        identifier,
        unit: unitId,
        invocationId,
        ...(pid === undefined ? {} : { pid }),
      });
    });
  };
  take(service.output, process.stdout);
  take(service.errorOutput, process.stderr);
  return process;
};

/** How a process ended, in waitid(2)'s terms. */
export const mainEndOf = (end: CommandEnd): MainEnd =>
  end.signal === undefined
    ? { code: 1, status: end.code }
    : { code: 2, status: constants.signals[end.signal] };

const cleanSignals = ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGPIPE'];

/** Whether an end counts as success for a service (systemd.service(5), `SuccessExitStatus=`). */
export const isCleanEnd = (end: CommandEnd, service: Service): boolean => {
  if (end.signal !== undefined) {
    return (
      (service.type !== 'oneshot' && cleanSignals.includes(end.signal)) ||
      service.successStatuses.includes(end.signal)
    );
  }
  return end.code === 0 || service.successStatuses.includes(String(end.code));
};

const statusNames: Readonly<Record<number, string>> = {
  0: 'SUCCESS',
  1: 'FAILURE',
  2: 'INVALIDARGUMENT',
  [launchStatus.directory]: 'CHDIR',
  [launchStatus.program]: 'EXEC',
};

/** An end in systemd's words, such as `code=exited, status=1/FAILURE`. */
export const describeEnd = (end: CommandEnd): string =>
  end.signal === undefined
    ? `code=exited, status=${end.code}/${statusNames[end.code] ?? 'n/a'}`
    : `code=killed, status=${constants.signals[end.signal]}/${end.signal.slice(3)}`;
