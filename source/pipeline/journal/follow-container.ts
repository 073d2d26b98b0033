import { cleanText } from '../../ssh/clean-text.ts';
import type { NodeConnection } from '../../ssh/connection.ts';
import { shellWord } from '../../ssh/openssh-command.ts';
import type { NodeReport } from '../node-report.ts';
import { PhaseFailure } from '../phase-failure.ts';

export type FollowContainerOptions = {
  /** Name or id. */
  readonly container: string;
  /** Lines of the past. */
  readonly lines: number;
  /** Hears why a container that was followed says nothing for the moment. */
  readonly onProblem: (problem: string) => void;
};

/**
 * Reports what a container says, on both of its streams, from `lines` ago until the signal aborts.
 * Where the connection breaks, or the container is started again, it goes on behind the last line
 * that arrived.
 *
 * @throws PhaseFailure when there is no such container, or docker does not answer.
 */
export const followContainer = async (
  connection: NodeConnection,
  { container, lines, onProblem }: FollowContainerOptions,
  report: Pick<NodeReport, 'log'>,
  signal: AbortSignal,
): Promise<void> => {
  /** As docker wrote it: nanoseconds, which order text as they order time. */
  let last = '';
  let resumed = '';
  let problem = '';
  await connection.follow(
    () => {
      resumed = last;
      return logsCommand(container, last === '' ? { lines } : { since: last });
    },
    (line) => {
      const [, stamp, text = ''] = stamped.exec(line) ?? [];
      if (stamp === undefined) {
        const complaint = cleanText(line).trim();
        if (last === '') throw containerFailure(container, complaint);
        if (complaint !== problem) onProblem(complaint);
        problem = complaint;
        return;
      }
      // `--since` includes the moment that it names.
      if (stamp <= resumed) return;
      if (stamp > last) last = stamp;
      problem = '';
      const said = cleanText(text).trimEnd();
      if (said !== '') report.log(said, container, Date.parse(stamp));
    },
    signal,
  );
};

/** https://docs.docker.com/reference/cli/docker/container/logs/ */
const logsCommand = (
  container: string,
  from: { readonly lines: number } | { readonly since: string },
): string =>
  [
    'sudo -n docker logs --follow --timestamps',
    'since' in from ? `--since=${from.since}` : `--tail=${from.lines}`,
    // Behind `--`, a name can't be taken for an option.
    `-- ${shellWord(container)} 2>&1`,
  ].join(' ');

/** RFC 3339 with nanoseconds, then what was said. */
const stamped = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) ?(.*)$/s;

const containerFailure = (container: string, complaint: string): PhaseFailure =>
  new PhaseFailure(
    `the log of container ${container} can't be followed: ${complaint}`,
    '`docker ps --all` on the node lists its containers; docker itself must run.',
    [],
    'containers',
  );
