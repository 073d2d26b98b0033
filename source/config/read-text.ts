import { Buffer, isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import type { Position } from './issue.ts';
import { describeReadFailure } from './read-failure.ts';

export type ReadText =
  | { readonly text: string }
  /** What is wrong with the file, as a sentence without its name. */
  | { readonly trouble: string; readonly position?: Position; readonly isMissing?: boolean };

/** A configuration is far below this; a file that goes on forever is not read to its end. */
const maximumBytes = 1024 * 1024;

/** Reads a text file, or says why it is none. Rejects only when the signal aborts. */
export const readText = async (file: string, signal?: AbortSignal): Promise<ReadText> => {
  const chunks: Buffer[] = [];
  try {
    const stream = createReadStream(file, {
      end: maximumBytes,
      ...(signal === undefined ? {} : { signal }),
    });
    for await (const chunk of stream) chunks.push(chunk);
  } catch (error) {
    signal?.throwIfAborted();
    return {
      trouble: `can't be read: ${describeReadFailure(error)}`,
      isMissing: error instanceof Error && (error as NodeJS.ErrnoException).code === 'ENOENT',
    };
  }
  const content = Buffer.concat(chunks);
  if (content.length > maximumBytes)
    return { trouble: 'too large, expected at most 1 MiB of YAML' };
  return isUtf8(content)
    ? { text: new TextDecoder().decode(content) }
    : { trouble: describeEncoding(content), position: firstInvalid(content) };
};

const describeEncoding = (content: Buffer): string => {
  const [first, second] = content;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return `expected text in UTF-8, got ${isUtf16 ? 'UTF-16' : 'other bytes'}; save it as UTF-8`;
};

/** Decoding replaces what is invalid, so that encoding gives other bytes from there on. */
const firstInvalid = (content: Buffer): Position => {
  const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(content);
  const encoded = Buffer.from(decoded);
  const offset = content.findIndex((byte, index) => byte !== encoded[index]);
  const lines = content.toString('utf8', 0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
};
