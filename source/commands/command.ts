import type { ReadStream, WriteStream } from 'node:tty';
import type { ExitStatus } from './exit-status.ts';
import type { CommandOptionName, Options } from './options.ts';

/** One call of the program. */
export type Invocation = {
  /** What follows the command's name, without options. */
  readonly words: readonly string[];
  /** What follows `--`; undefined without one. */
  readonly remoteCommand: readonly string[] | undefined;
  readonly options: Options;
  readonly environment: NodeJS.ProcessEnv;
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly stderr: WriteStream;
  /** Aborts when nobody reads standard output any more. */
  readonly readerGone: AbortSignal;
  /** Absolute path of the folder in which the program was called. */
  readonly currentFolder: string;
  /** Absolute path of the program's own templates. */
  readonly templatesFolder: string;
  /** Absolute path of the folder of the built program. */
  readonly programFolder: string;
};

/** What the program knows of a command before it loads it. */
export type CommandDefinition = {
  readonly name: string;
  /** Words after the name, as the help shows them: `[node…]`. */
  readonly usage: string;
  /** One line for the list of commands: lower case, no full stop. */
  readonly summary: string;
  /** Paragraphs for the command's own help. */
  readonly description: readonly string[];
  /** Names that one of its options takes, under a heading, each with one line about it. */
  readonly choices?: {
    readonly title: string;
    readonly rows: readonly (readonly [name: string, meaning: string])[];
  };
  readonly options: readonly CommandOptionName[];
  /** Complete command lines with what they do. */
  readonly examples: readonly (readonly [commandLine: string, meaning: string])[];
  /** How many words it takes at most; undefined for any number. */
  readonly maximumWords?: number;
  /** Whether it takes a command after `--`. */
  readonly takesRemoteCommand?: boolean;
  /** Whether its work goes on when nobody reads what it says any more. */
  readonly outlivesReader?: boolean;
  readonly load: () => Promise<{ readonly run: RunCommand }>;
};

/** Runs a command. Rejects with an error for people; `exitStatusOf` knows its status. */
export type RunCommand = (invocation: Invocation) => Promise<ExitStatus>;
