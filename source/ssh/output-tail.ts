/** Keeps the newest bytes of a stream. */
export type OutputTail = {
  write(chunk: Buffer): void;
  /** What was kept, as text; begins with a whole character. */
  text(): string;
};

/** Makes a tail of at most `maximum` bytes. Takes twice that at most, however small the pieces are. */
export const createOutputTail = (maximum: number): OutputTail => {
  // Of its own: pieces of Node's shared memory would keep all of that.
  let held = Buffer.allocUnsafeSlow(0);
  let size = 0;
  let dropped = false;

  /** Leaves room behind what is kept, and nothing else before it. */
  const makeRoom = (needed: number) => {
    const kept = Math.min(size, Math.max(maximum - needed, 0));
    dropped ||= kept < size;
    const capacity = Math.max(kept + needed, Math.min(2 * held.length, 2 * maximum));
    const next = capacity > held.length ? Buffer.allocUnsafeSlow(capacity) : held;
    held.copy(next, 0, size - kept, size);
    held = next;
    size = kept;
  };

  return {
    write: (chunk) => {
      const piece = chunk.subarray(Math.max(chunk.length - maximum, 0));
      dropped ||= piece.length < chunk.length;
      if (size + piece.length > held.length) makeRoom(piece.length);
      piece.copy(held, size);
      size += piece.length;
    },
    text: () => {
      const from = Math.max(size - maximum, 0);
      const bytes = held.subarray(from, size);
      return bytes.subarray(dropped || from > 0 ? firstCharacter(bytes) : 0).toString('utf8');
    },
  };
};

/** Index of the first byte that does not continue a UTF-8 sequence; at most 3 do. */
const firstCharacter = (bytes: Buffer): number => {
  const index = bytes.subarray(0, 4).findIndex((byte) => (byte & 0xc0) !== 0x80);
  return Math.max(index, 0);
};
