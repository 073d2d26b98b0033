/**
 * A command line of ours as the scripts on a node write it: in a shell's text, where backticks would
 * be one of the shell's own.
 */
const command =
  /(?<![`\w./-])spot-tui (?:create|configure|push|logs|ssh)(?: (?:NODE|[a-z]{2,}(?:-[a-z0-9]+)+))?(?: -- [^.;,`]+)?/g;

/**
 * A hint that a script on the node gave, its command lines between backticks as in all other hints:
 * by these they are known, and get told which deployment they are about.
 */
export const nodeHint = (text: string): string => text.replaceAll(command, '`$&`');
