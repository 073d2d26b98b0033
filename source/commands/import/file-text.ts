import { isUtf8 } from 'node:buffer';
import path from 'node:path';
import type { NewFile } from './classify.ts';
import { mirrorPlace } from './file-places.ts';

/** A file's text; empty for one that is none. */
export const textOf = ({ content }: Pick<NewFile, 'content'>): string =>
  isUtf8(content) ? content.toString('utf8') : '';

/** Text of a script or unit without the lines that are comments. */
export const codeOf = (file: Pick<NewFile, 'content'>): string =>
  textOf(file).replaceAll(/^[ \t]*(?:#(?!!)|;).*$/gm, '');

/** Whether a node runs it, or systemd reads it. */
export const isRun = ({ path: file, content }: Pick<NewFile, 'path' | 'content'>): boolean => {
  const hasInterpreter = content.subarray(0, 2).toString() === '#!';
  if (file.startsWith(`${mirrorPlace}/`)) return hasInterpreter;
  return (
    /^(?:scripts|services)\//.test(file) &&
    (hasInterpreter || /\.(?:sh|bash|py|service|timer|conf)$/.test(file))
  );
};

/** Names of the files as people know them, at most three of them. */
export const namesOf = (files: readonly Pick<NewFile, 'path'>[]): string => {
  const names = files.map((file) => path.posix.basename(file.path));
  const more = names.length - 3;
  return more > 0 ? `${names.slice(0, 3).join(', ')} and ${more} more` : names.join(', ');
};
