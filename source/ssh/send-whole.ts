import type { Writable } from 'node:stream';

/**
 * Makes a stream hold back what is written to it until the program is done with what it is at, so
 * that it leaves in one piece. ssh2 writes each packet in three: its length, what it says, its proof.
 * One system call and one segment for each of them would cost both sides three times as much.
 */
export const sendWhole = (stream: Writable): void => {
  // Sockets set their own when they connect, so that a class of its own can't override it.
  stream.write = new Proxy(stream.write, {
    apply: (write, self, input) => {
      if (stream.writableCorked === 0) {
        stream.cork();
        process.nextTick(() => stream.uncork());
      }
      return Reflect.apply(write, self, input);
    },
  });
};
