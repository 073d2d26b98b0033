/** Keeps the newest bytes of a stream. */
export type OutputTail = {
  write(chunk: Buffer): void;
  /** What was kept, as text; begins with a whole character. */
  text(): string;
};

/** Makes a tail of at most `maximum` bytes. */
export const createOutputTail = (maximum: number): OutputTail => {
  const chunks: Buffer[] = [];
  let size = 0;
  let dropped = false;

  return {
    write: (chunk) => {
      chunks.push(chunk);
      size += chunk.length;
      for (let oldest = chunks[0]; oldest !== undefined && size > maximum; oldest = chunks[0]) {
        const excess = size - maximum;
        dropped = true;
        if (oldest.length > excess) {
          // A copy, because a slice would keep the whole chunk in memory.
          chunks[0] = Buffer.from(oldest.subarray(excess));
          size -= excess;
        } else {
          chunks.shift();
          size -= oldest.length;
        }
      }
    },
    text: () => {
      const bytes = Buffer.concat(chunks);
      return bytes.subarray(dropped ? firstCharacter(bytes) : 0).toString('utf8');
    },
  };
};

/** Index of the first byte that does not continue a UTF-8 sequence; at most 3 do. */
const firstCharacter = (bytes: Buffer): number => {
  const index = bytes.subarray(0, 4).findIndex((byte) => (byte & 0xc0) !== 0x80);
  return Math.max(index, 0);
};
