/** Whether GitHub Actions reads what is printed. */
export const isGithubActions = (environment: NodeJS.ProcessEnv): boolean =>
  environment.GITHUB_ACTIONS === 'true';

export type WorkflowCommand = 'error' | 'warning' | 'group' | 'endgroup';

/**
 * A line that GitHub Actions carries out: `::error title=…::…`. Follows
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands; escaped as
 * `ActionCommand.cs` of https://github.com/actions/runner reads it.
 */
export const workflowCommand = (
  command: WorkflowCommand,
  message: string,
  properties: Readonly<Record<string, string>> = {},
): string => {
  const written = Object.entries(properties).map(
    ([name, value]) => `${name}=${escapeData(value).replaceAll(':', '%3A').replaceAll(',', '%2C')}`,
  );
  return `::${[command, ...(written.length === 0 ? [] : [written.join(',')])].join(' ')}::${escapeData(message)}`;
};

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/**
 * The text, changed where GitHub Actions would take a line of it for a command: `::…::` at the start
 * of a line, whatever blanks come before it, and the older `##[…]` anywhere.
 *
 * The runner compares by culture, which passes over characters that nobody sees: so does this, and
 * what it puts in between is a blank that everybody sees.
 */
export const withoutCommands = (text: string): string =>
  text.replace(newCommand, '$1: $2').replace(oldCommand, '$1 $2');

/** The same for a line of JSON: what it says does not change. */
export const withoutCommandsInJson = (json: string): string => json.replace(oldCommand, hashes);

const hashes = (match: string): string => match.replaceAll('#', '\\u0023');

const newCommand =
  /^([[\s\p{C}\p{Default_Ignorable_Code_Point}]--[\r\n]]*):([\p{C}\p{Default_Ignorable_Code_Point}]*:)/gmv;

const oldCommand =
  /(#[\p{C}\p{Default_Ignorable_Code_Point}]*#[\p{C}\p{Default_Ignorable_Code_Point}]*)(\[)/gv;
