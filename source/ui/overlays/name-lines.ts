import stringWidth from 'string-width';
import { printable } from '../text.ts';

/** Names in a few lines of text, as many as fit, and how many more there are: `… and 12 more`. */
export const nameLines = (
  names: readonly string[],
  {
    width,
    most,
    ellipsis,
  }: { readonly width: number; readonly most: number; readonly ellipsis: string },
): string[] => {
  const fill = (count: number): string[] => {
    const rest = names.length - count;
    const pieces = [
      ...names.slice(0, count).map((name, index) => {
        const isLast = index === names.length - 1;
        return printable(name) + (isLast ? '' : ',');
      }),
      ...(rest === 0 ? [] : [`${ellipsis} and ${rest.toLocaleString('en-US')} more`]),
    ];
    const lines: string[] = [];
    for (const piece of pieces) {
      const line = lines.at(-1);
      const longer = `${line} ${piece}`;
      if (line === undefined || stringWidth(longer) > width) lines.push(piece);
      else lines[lines.length - 1] = longer;
    }
    return lines;
  };
  // No name is shorter than a character, a comma and a blank.
  let count = Math.min(names.length, Math.ceil((most * width) / 3));
  let lines = fill(count);
  while (lines.length > most && count > 0) {
    count -= 1;
    lines = fill(count);
  }
  return lines;
};
