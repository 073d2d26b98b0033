/** Lines that arrived together, without their line ends. */
export type LineBatch = {
  readonly lines: readonly string[];
  /** Whether it is the end of the text, and that has no line end: it may be half a line. */
  readonly isCut: boolean;
};

/** Characters; whatever a line has beyond is dropped, so that no file can take all memory. */
const longestLine = 4 * 1024 * 1024;

/** Splits text into lines as it arrives, and holds no more of it than one chunk and one line. */
export async function* readLines(
  chunks: AsyncIterable<string>,
  maximum = longestLine,
): AsyncGenerator<LineBatch> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = chunk.split('\n');
    lines[0] = `${rest}${lines[0] ?? ''}`.slice(0, maximum);
    rest = (lines.pop() ?? '').slice(0, maximum);
    if (lines.length > 0) yield { lines, isCut: false };
  }
  if (rest !== '') yield { lines: [rest], isCut: true };
}
