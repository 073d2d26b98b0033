import { PassThrough, Writable } from 'node:stream';
import { size } from './pseudo-terminal.ts';

/** A terminal that shows nothing, and counts what is drawn on it. */
export const createCountedTerminal = () => {
  let bytes = 0;
  let frames = 0;
  const output = Object.assign(
    new Writable({
      decodeStrings: false,
      write(chunk: string | Buffer, _encoding, done) {
        const text = chunk.toString();
        bytes += Buffer.byteLength(text);
        frames += text.split('\u001B[?2026h').length - 1;
        done();
      },
    }),
    { isTTY: true, ...size },
  );
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => input,
    ref: () => input,
    unref: () => input,
  });
  return {
    // What the dashboard needs of a terminal is there; the rest of a socket is not.
    stdout: output as unknown as NodeJS.WriteStream,
    stdin: input as unknown as NodeJS.ReadStream,
    type: (keys: string) => {
      input.write(keys);
    },
    /** What was drawn since the last call. */
    take: () => {
      const taken = { bytes, frames };
      bytes = 0;
      frames = 0;
      return taken;
    },
  };
};
