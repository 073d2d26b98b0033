import path from 'node:path';

/** What the name of a recording's file says. */
export type RecordingFile = {
  /** Name of the run: the same for all parts of its recording. */
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly command: string;
  readonly processId: number;
  /** From 1. */
  readonly part: number;
  readonly isCompressed: boolean;
};

const namePattern =
  /^((\d{4}-\d\d-\d\dT)(\d\d)-(\d\d)-(\d\d\.\d{3}Z)-([a-z][a-z-]*)-(\d+))(?:\.(\d+))?\.ndjson(\.gz)?$/;

/** Reads the name of a file that belongs to a recording; undefined for any other file. */
export const parseRecordingFile = (file: string): RecordingFile | undefined => {
  const match = namePattern.exec(path.basename(file));
  if (match === null) return undefined;
  const [, id = '', date, hour, minute, second, command = '', processId, part, suffix] = match;
  return {
    id,
    startedAt: Date.parse(`${date}${hour}:${minute}:${second}`),
    command,
    processId: Number(processId),
    part: Number(part ?? 1),
    isCompressed: suffix !== undefined,
  };
};

/** The file of one part of a recording, by the file of its first part. */
export const partFile = (file: string, part: number): string =>
  part === 1 ? file : `${file.replace(/\.ndjson$/, '')}.${part}.ndjson`;

/** The file of a part once it is compressed. */
export const compressedFile = (file: string): string => `${file}.gz`;
