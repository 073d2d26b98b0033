import stringWidth from 'string-width';

/** Lines of a table with a heading; columns as wide as their widest cell on a terminal. */
export const textTable = (
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): string[] => {
  const widths = heading.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? '')].map((cell) => stringWidth(cell))),
  );
  return [heading, ...rows].map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell)))
      .join('  ')
      .trimEnd(),
  );
};
