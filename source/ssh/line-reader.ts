import { cleanText } from './clean-text.ts';

/** Takes a stream of bytes and gives clean lines. */
export type LineReader = {
  write(chunk: Buffer): void;
  /** Gives what is left after the last newline. Nothing may be written afterwards. */
  end(): void;
};

/** Characters of a line that are kept. The journal's JSON lines are the longest that matter. */
const longestLine = 100_000;

/**
 * Splits a stream into lines as they come, each cleaned by `cleanText` and without its newline.
 * Bytes that are no UTF-8 become U+FFFD. Of a line that redraws itself with carriage returns, as
 * progress bars do, only the last state is given. A line of more than `maximum` characters is cut,
 * and says by how many. Memory is bounded whatever the stream holds.
 */
export const createLineReader = (
  onLine: (line: string) => void,
  maximum = longestLine,
): LineReader => {
  const decoder = new TextDecoder();
  let line = '';
  let omitted = 0;
  /** A carriage return came, and it is not known yet whether a newline follows. */
  let returned = false;

  const append = (text: string) => {
    if (text === '') return;
    if (returned) {
      line = '';
      omitted = 0;
      returned = false;
    }
    const room = maximum - line.length;
    line += room < text.length ? text.slice(0, Math.max(room, 0)) : text;
    omitted += Math.max(text.length - room, 0);
  };

  const deliver = () => {
    const mark = omitted > 0 ? ` … [${omitted} more characters cut]` : '';
    const complete = cleanText(line) + mark;
    line = '';
    omitted = 0;
    returned = false;
    onLine(complete);
  };

  const read = (text: string) => {
    let start = 0;
    for (const { 0: terminator, index } of text.matchAll(/[\r\n]/g)) {
      append(text.slice(start, index));
      start = index + 1;
      if (terminator === '\n') deliver();
      else returned = true;
    }
    append(text.slice(start));
  };

  return {
    write: (chunk) => {
      read(decoder.decode(chunk, { stream: true }));
    },
    end: () => {
      read(decoder.decode());
      if (line !== '' || omitted > 0) deliver();
    },
  };
};
