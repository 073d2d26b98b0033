import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseRecordingFile } from './recording-file.ts';

/** A run as far as the names of its files tell. */
export type RecordedRun = {
  /** When, what and by which process, such as `2026-11-24T05-12-33.120Z-create-4711`. */
  readonly id: string;
  readonly command: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly processId: number;
  /** Oldest first. The first part is always there, unless somebody removed it. */
  readonly parts: readonly RecordedPart[];
};

export type RecordedPart = {
  /** From 1; a gap in the numbers is a gap in the recording. */
  readonly number: number;
  /** Absolute path. */
  readonly file: string;
  readonly isCompressed: boolean;
};

/**
 * The runs whose recordings are in a folder, newest first; none where there is no such folder.
 *
 * @throws What `readdir` throws where the folder can't be read.
 */
export const listRuns = async (folder: string): Promise<RecordedRun[]> => {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  const runs = new Map<string, Omit<RecordedRun, 'parts'> & { parts: Map<number, RecordedPart> }>();
  for (const name of names) {
    const parsed = parseRecordingFile(name);
    if (parsed === undefined) continue;
    const { command, id, isCompressed, part, processId, startedAt } = parsed;
    const run = runs.get(id) ?? { id, command, startedAt, processId, parts: new Map() };
    runs.set(id, run);
    // Where both are there, compressing it was cut short before the original went.
    if (isCompressed && run.parts.has(part)) continue;
    run.parts.set(part, { number: part, file: path.join(folder, name), isCompressed });
  }
  return [...runs.values()]
    .map((run) => ({
      ...run,
      parts: [...run.parts.values()].sort((a, b) => a.number - b.number),
    }))
    .sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1));
};

/**
 * The run that a file belongs to, by its name, with all its parts; undefined where the name is not
 * one that a recorder gave.
 */
export const runOfFile = async (file: string): Promise<RecordedRun | undefined> => {
  const parsed = parseRecordingFile(file);
  if (parsed === undefined) return undefined;
  const runs = await listRuns(path.dirname(path.resolve(file)));
  return runs.find(({ id }) => id === parsed.id);
};
