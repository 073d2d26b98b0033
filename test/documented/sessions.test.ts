import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { hasTerminals } from '../commands/program.ts';
import { readPages } from '../docs/pages.ts';
import { Reader } from './reader.ts';
import { type Session, shownStatements } from './shown-statements.ts';
import { reasonsFor, standIns } from './stand-ins.ts';
import { commandsOf, mannerOf, problemsWith } from './statement-commands.ts';

const { broken, sessions } = shownStatements(await readPages());

test('every block in which people type is one that a shell takes', () => {
  assert.deepEqual(broken, []);
});

/** Does what a page says, one statement after the other, in a checkout of one's own. */
const follow = async ({ statements }: Session): Promise<readonly string[]> => {
  const reader = await Reader.create(standIns);
  try {
    const folder = await reader.newCheckout();
    const state = path.join(folder, '.state');
    for (const statement of statements) {
      if (commandsOf(statement).length > 0) {
        // Nodes that boot at once, whatever the statement says.
        await reader.program(['list', '--sandbox=fast', '--ci'], folder);
      }
      const outcome = await reader.run(statement, mannerOf(statement), folder, state);
      assert.deepEqual(
        problemsWith(statement, outcome),
        [],
        `${statement.text}\n${outcome.stdout.slice(-3000)}\n${outcome.stderr.slice(-3000)}`,
      );
    }
    return await reasonsFor(await reader.calls());
  } finally {
    await reader.remove();
  }
};

describe('what pages show, step by step, does what they say', { concurrency: 2 }, () => {
  for (const session of sessions) {
    const needsTerminal = session.statements.some((each) => mannerOf(each).type === 'terminal');
    const skip = needsTerminal && !hasTerminals ? 'there is no script of util-linux' : false;
    test(`${session.page}: ${session.title}`, { skip }, async (context) => {
      for (const reason of await follow(session)) context.diagnostic(reason);
    });
  }
});
