import { withCommands } from './commands-page.ts';
import { withConfiguration } from './configuration-page.ts';

/** Pages with parts that are made of the code, by their paths in the project. */
export const generatedPages: ReadonlyMap<string, (page: string) => string> = new Map([
  ['docs/commands.md', withCommands],
  ['docs/configuration.md', withConfiguration],
]);
