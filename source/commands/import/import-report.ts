import { shellWord } from '../../ssh/openssh-command.ts';
import type { NewFile } from './classify.ts';
import type { ConfigEdit } from './config-edits.ts';
import type { LeftOut } from './left-out.ts';

/** What an import did, and what remains to be done; `--json` prints it as it is. */
export type ImportReport = {
  /** Absolute path of the old checkout. */
  readonly from: string;
  /** Name of the configuration that was read. */
  readonly configuration: string;
  /** Absolute path of the new folder. */
  readonly folder: string;
  readonly taken: readonly { readonly from: string; readonly to: string }[];
  /** Files that the old checkout had no like of. */
  readonly made: readonly string[];
  readonly changed: readonly {
    readonly key: string;
    readonly from: string | null;
    readonly to: string | number | readonly number[] | null;
  }[];
  readonly leftOut: readonly LeftOut[];
  /** Files that git is kept from. */
  readonly secrets: readonly string[];
  /** What to look at before the first `create`. */
  readonly toDo: readonly string[];
};

export const importReport = (
  places: Pick<ImportReport, 'from' | 'configuration' | 'folder'>,
  {
    files,
    edits,
    leftOut,
  }: {
    readonly files: readonly NewFile[];
    readonly edits: readonly ConfigEdit[];
    readonly leftOut: readonly LeftOut[];
  },
  toDo: readonly string[],
): ImportReport => ({
  ...places,
  taken: files.flatMap(({ from, path }) => (from === undefined ? [] : [{ from, to: path }])),
  made: [
    ...files.flatMap(({ from, path }) => (from === undefined ? [path] : [])),
    'config.schema.json',
  ],
  changed: edits.map(({ key, from, to }) => ({
    key: `aws.${key}`,
    from: from ?? null,
    to: to ?? null,
  })),
  leftOut,
  secrets: files.filter(({ isSecret }) => isSecret).map(({ path }) => path),
  toDo,
});

/**
 * The same for people.
 *
 * @param shown Old checkout and new folder as the user named them; the folder absent where it is the
 * current one.
 */
export const importLines = (
  report: ImportReport,
  shown: { readonly from: string; readonly folder: string | undefined },
): string[] => {
  const width = Math.max(...report.taken.map(({ from }) => from.length), 0);
  const keyWidth = Math.max(...report.changed.map(({ key }) => key.length), 0);
  return [
    `Took from ${shown.from}, which stays as it is${shown.folder === undefined ? '' : `, into ${shown.folder}`}:`,
    ...report.taken.map(({ from, to }) => `  ${from.padEnd(width)}  → ${to}`),
    ...report.made.map((name) => `  ${''.padEnd(width)}  + ${name}`),
    '',
    'Changed under aws in config.yaml:',
    ...report.changed.map(
      ({ key, from, to }) =>
        `  ${key.slice('aws.'.length).padEnd(keyWidth - 'aws.'.length)}  ${from ?? '(not given)'} → ${written(to)}`,
    ),
    ...section('Left out:', report.leftOut.flatMap(leftOutLines)),
    ...section(
      'Secrets, which nodes get and .gitignore keeps out of a repository:',
      report.secrets.map((name) => `  ${name}`),
    ),
    ...section(
      'Look at this before you create:',
      report.toDo.map((line) => `  - ${line}`),
    ),
    '',
    `Next: ${shown.folder === undefined ? '' : `\`cd ${shellWord(shown.folder)}\`, `}\`spot-tui validate\`, then \`spot-tui create\`.`,
    'Or try it first without AWS: `spot-tui create --sandbox`.',
  ];
};

const written = (value: ImportReport['changed'][number]['to']): string =>
  value === null ? 'gone' : Array.isArray(value) ? `[${value.join(', ')}]` : String(value);

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines];

/** Enough to know them by; `--json` has them all. */
const shownNames = 6;

const leftOutLines = ({ instead, reason, what }: LeftOut): string[] => {
  const more = what.length - shownNames;
  const names = `${what.slice(0, shownNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return [`  ${names}`, `    ${reason}${instead === undefined ? '' : `; instead: ${instead}`}`];
};
