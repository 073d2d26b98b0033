import { shellWord } from '../../ssh/openssh-command.ts';

/** The command that prints a node's journal of this boot as JSON, one record a line. */
export const journalCommand = ({
  units,
  cursor,
  lines,
  follow,
}: {
  readonly units: readonly string[];
  /** Goes on behind this record; without it the last `lines` come first. */
  readonly cursor?: string | undefined;
  readonly lines: number;
  readonly follow: boolean;
}): string =>
  [
    'sudo -n journalctl --output=json --all --no-pager',
    ...units.map((unit) => `--unit=${shellWord(unit)}`),
    ...(cursor === undefined
      ? ['--boot', `--lines=${lines}`]
      : [`--after-cursor=${shellWord(cursor)}`]),
    ...(follow ? ['--follow'] : []),
  ].join(' ');
