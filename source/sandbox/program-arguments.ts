import { parseArgs } from 'node:util';

/** What the sandbox's process is started with. */
export type ProgramArguments = {
  /** The sandbox's own folder. */
  readonly folder: string;
  /** No artificial boot times. */
  readonly fast: boolean;
  readonly lifetimes: Lifetimes;
};

/** When a sandbox that nobody needs ends. Milliseconds. */
export type Lifetimes = {
  /** After the last node is gone. */
  readonly afterLastNode: number;
  /** After the start, without any node. */
  readonly withoutNodes: number;
  /** It stays while requests come at least this often … */
  readonly quiet: number;
  /** … but no longer than this after it should have ended. */
  readonly extension: number;
};

export const usualLifetimes: Lifetimes = {
  afterLastNode: 5_000,
  withoutNodes: 60_000,
  quiet: 3_000,
  extension: 10_000,
};

/** The arguments in the form in which a process gets them. */
export const writeArguments = ({ folder, fast, lifetimes }: ProgramArguments): string[] => [
  '--folder',
  folder,
  ...(fast ? ['--fast'] : []),
  '--lifetimes',
  [lifetimes.afterLastNode, lifetimes.withoutNodes, lifetimes.quiet, lifetimes.extension].join(','),
];

/** @throws Error for arguments that `writeArguments` would not write */
export const readArguments = (text: readonly string[]): ProgramArguments => {
  const { values } = parseArgs({
    args: [...text],
    options: {
      folder: { type: 'string' },
      fast: { type: 'boolean', default: false },
      lifetimes: { type: 'string' },
    },
  });
  if (values.folder === undefined) throw new Error('--folder is missing');
  const [
    afterLastNode = usualLifetimes.afterLastNode,
    withoutNodes = usualLifetimes.withoutNodes,
    quiet = usualLifetimes.quiet,
    extension = usualLifetimes.extension,
  ] = values.lifetimes?.split(',').map(Number) ?? [];
  return {
    folder: values.folder,
    fast: values.fast,
    lifetimes: { afterLastNode, withoutNodes, quiet, extension },
  };
};
