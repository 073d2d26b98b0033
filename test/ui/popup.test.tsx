import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import stringWidth from 'string-width';
import type { FleetEvent } from '../../source/events/event.ts';
import { enters, fails, runsOn, start } from './events.ts';
import { cleanup, show } from './harness.tsx';

afterEach(cleanup);

const node = 'us-west-2-1';

/** Columns left and right of a popup's upper border. */
const beside = (lines: readonly string[], columns: number) => {
  const border = lines.find((line) => line.includes('╭')) ?? '';
  const left = stringWidth(border.slice(0, border.indexOf('╭')));
  const right = columns - stringWidth(border.slice(0, border.indexOf('╮') + 1));
  return { left, right };
};

test('what is behind a popup is seen beside it by some columns, or not at all', async () => {
  const seen = new Set<string>();
  for (let columns = 60; columns <= 120; columns += 1) {
    const nodes = Array.from({ length: 20 }, (_node, index) =>
      enters(`us-west-2-${index + 1}`, 'booting', -60),
    );
    const reason = 'configure-services failed: sensor.service has no ExecStart';
    const shown = await show([...nodes, runsOn(node), fails(node, reason)], { columns, rows: 24 });
    for (const key of ['e', '?']) {
      await shown.press(key);
      await shown.until('Esc closes');
      const { left, right } = beside(shown.lines(), columns);
      const where = `${key} at ${columns}: ${left} and ${right}`;
      if (left === 0) assert.equal(right, 0, where);
      else assert.ok(left >= 4 && right >= 4 && right - left <= 1, where);
      seen.add(left === 0 ? 'full' : 'beside');
      shown.model.view.dispatch({ type: 'close' });
    }
    cleanup();
  }
  assert.deepEqual([...seen].sort(), ['beside', 'full']);
});

test('the notices end with where to read on, each topic once', async () => {
  const says = (message: string, fields: object = {}): FleetEvent =>
    ({
      event: 'notice',
      time: start,
      level: 'error',
      message,
      hint: 'see to it',
      ...fields,
    }) as const;
  const shown = await show([
    enters(node, 'ready'),
    says('no credentials', { topic: 'aws' }),
    says('left behind', { topic: 'leftovers' }),
    says('no permission', { topic: 'aws' }),
    says('anything'),
  ]);
  await shown.press('m');
  await shown.until('Esc closes');
  const end = shown.lines().findIndex((line) => line.includes('╰─ Esc closes'));
  assert.match(
    shown.lines()[end - 1] ?? '',
    /│ {2}More: spot-tui explain aws, spot-tui explain leftovers *│/,
  );
  assert.equal(shown.screen().match(/explain aws/g)?.length, 1);
});
