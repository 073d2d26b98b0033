/** Command lines that the program does not take, each with the reason why a page shows it. */
export const exceptions: ReadonlyMap<string, string> = new Map([
  ['spot-tui logs --lines', 'a sentence names the option, without a value'],
]);
