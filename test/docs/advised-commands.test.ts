import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { documentedCommands } from './documented-commands.ts';
import { projectFolder } from './pages.ts';
import { refusal } from './refusal.ts';

const filesIn = async (folder: string, pattern: RegExp): Promise<readonly string[]> =>
  (await readdir(new URL(folder, projectFolder), { recursive: true }))
    .filter((name) => pattern.test(name))
    .map((name) => `${folder}${name}`);

/** Commands between backticks of texts, and those with which a text ends after a colon. */
const inTexts = [/\\?`spot-tui ([^`'"\\]+?)\\?`/g, /(?:anew|More|one): spot-tui ([^`'".]+)/g];

/** Commands in the words of scripts, up to what ends a sentence or a word of it. */
const inScripts = [/\b[Rr]un spot-tui (.+?)(?=[.,;"`]|$| \(| again)/gm, /: spot-tui (.+?)\.?"/g];

/** The commands that a file advises, with words in the place of what is filled in. */
const advisedIn = (text: string, patterns: readonly RegExp[]): readonly string[] =>
  patterns
    .flatMap((pattern) => [...text.matchAll(pattern)].map(([, command = '']) => command))
    // What is no command's name is filled in with one, all else with nodes.
    .map((command) => command.replace(/^\$\{[^}]*\}/, 'create'))
    .map((command) => command.replaceAll(/\$\{[^}]*\}|\$\w+/g, 'us-west-2-1'))
    .filter((command) => /^[a-z-]/.test(command));

test('the program takes every command that its hints, and those of its scripts, advise', async () => {
  const sources = [
    ...(await filesIn('source/', /\.tsx?$/)).map((file) => ({ file, patterns: inTexts })),
    ...(await filesIn('templates/', /\.sh$/)).map((file) => ({ file, patterns: inScripts })),
  ];
  const refused: string[] = [];
  let count = 0;
  for (const { file, patterns } of sources) {
    const advised = advisedIn(await readFile(new URL(file, projectFolder), 'utf8'), patterns);
    for (const command of advised) {
      const line = `spot-tui ${command}`;
      const commands = documentedCommands({ path: file, text: `\`\`\`sh\n${line}\n\`\`\`\n` });
      for (const each of commands) {
        count += 1;
        const complaint = refusal(each);
        // A text may name an option without giving it a value.
        if (complaint !== undefined && !/^--[\w-]+ needs a value$/.test(complaint)) {
          refused.push(`${file}: ${line}: ${complaint}`);
        }
      }
    }
  }
  assert.ok(count > 60, `${count}`);
  assert.deepEqual(refused, []);
});

test('a hint whose command there is not, or not like this, is found', () => {
  const text =
    "const hint = 'Look: `spot-tui doctr ${node}`, or begin anew: spot-tui create --sanbox'";
  const complaints = advisedIn(text, inTexts).map((command) => {
    const [each] = documentedCommands({ path: '', text: `\`spot-tui ${command}\`` });
    return each === undefined ? undefined : refusal(each);
  });
  assert.deepEqual(complaints, ['there is no command doctr', 'there is no option --sanbox']);
});
