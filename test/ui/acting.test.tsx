import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import type { FleetEvent } from '../../source/events/event.ts';
import { asks, ends, names, prints } from './asked.ts';
import { begins, enters, fails, fleetOf, runsOn, start } from './events.ts';
import { cleanup, keyboard, show } from './harness.tsx';

afterEach(cleanup);

const sizes = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
];

/** The screen as one text, without frames and line breaks. */
const textOf = (screen: string) => screen.replace(/[│─╭╮╰╯]/g, ' ').replace(/\s+/g, ' ');

const terminated = (node: string): FleetEvent => ({
  event: 'phase',
  time: start,
  node,
  phase: 'terminated',
  reason: 'gone',
});

for (const size of sizes) {
  describe(`a question at ${size.columns}x${size.rows}`, () => {
    test('lists what it touches, what it leaves out and why, and what it does', async () => {
      const { calls, press, screen, width } = await show(
        [
          begins(),
          ...fleetOf(9),
          enters('us-west-2-10', 'launching'),
          enters('us-west-2-11', 'launching'),
          terminated('us-west-2-12'),
        ],
        size,
      );
      await press('*', 'u');
      const text = textOf(screen());
      assert.match(text, /Push to|Push 9 nodes\?/);
      for (const name of names(9)) assert.match(text, new RegExp(`${name}\\b`));
      assert.match(text, /▲ Not 2 nodes: launching: its pipeline will push by itself/);
      assert.match(text, /▲ Not us-west-2-12: terminated: R or spot-tui create --sandbox replaces/);
      assert.match(text, /Uploads the files that changed/);
      assert.ok(width() <= size.columns);
      assert.deepEqual(calls, []);
      await press('y');
      assert.deepEqual(calls, [`push ${names(9).join(' ')}`]);
      assert.match(screen(), /✓ push of 9 nodes: p shows how far it is/);
    });

    test('counts the names that have no room', async () => {
      const { press, screen, width, lines } = await show([begins(), ...fleetOf(2000)], size);
      await press('*', 'c');
      assert.match(textOf(screen()), /Configure 2,000 nodes\?/);
      assert.match(textOf(screen()), /us-west-2-1, us-west-2-2,.*… and 1,\d\d\d more/);
      assert.equal(lines().length, size.rows);
      assert.ok(width() <= size.columns);
    });

    test('of more than ten terminations is only answered by the name of the deployment', async () => {
      const { calls, press, screen } = await show([begins('bacalhau'), ...fleetOf(11)], size);
      await press('*', 't');
      assert.match(textOf(screen()), /Terminate 11 nodes\?.*Type bacalhau to go on:/);
      await press(keyboard.enter);
      assert.match(textOf(screen()), /✗ Only the name goes on/);
      await press(...'yes', keyboard.enter);
      assert.match(textOf(screen()), /✗ yes is not bacalhau/);
      assert.deepEqual(calls, []);
      await press(...'bacalhax', '\u007F', 'u', keyboard.enter);
      assert.deepEqual(calls, [`terminate ${names(11).join(' ')}`]);
      assert.match(screen(), /terminate of 11 nodes: p shows/);
    });

    test('of ten terminations is answered by one key, and not by Enter', async () => {
      const { calls, press, screen } = await show([begins(), ...fleetOf(10)], size);
      await press('*', 'R');
      assert.match(textOf(screen()), /Replace 10 nodes\?.*then new ones are launched under the/);
      await press(keyboard.enter);
      assert.deepEqual(calls, []);
      assert.match(screen(), /10 nodes stay as they are/);
      await press('R', 'y');
      assert.deepEqual(calls, [`replace ${names(10).join(' ')}`]);
    });
  });
}

describe('a question', () => {
  test('takes Enter for a yes where nothing is lost', async () => {
    const { calls, press, screen } = await show(fleetOf(3));
    await press('*', 'c');
    assert.match(screen(), /y or Enter configure/);
    await press(keyboard.enter);
    assert.deepEqual(calls, [`configure ${names(3).join(' ')}`]);
  });

  test('is not put for one node and an action that harms nobody', async () => {
    const { calls, press, screen } = await show(fleetOf(3));
    await press(' ', 'c');
    assert.deepEqual(calls, ['configure us-west-2-1']);
    assert.match(screen(), /configure sent to us-west-2-1/);
  });

  test('is put for one node if others were selected and are left out', async () => {
    const { calls, press, screen } = await show([
      ...fleetOf(1),
      enters('us-west-2-2', 'launching'),
    ]);
    await press('*', 'c');
    assert.match(screen(), /Configure us-west-2-1\?/);
    assert.match(screen(), /Not us-west-2-2: launching/);
    await press('y');
    assert.deepEqual(calls, ['configure us-west-2-1']);
  });

  test('tells of selected nodes that the filter hides', async () => {
    const { press, screen } = await show([...fleetOf(3), fails('us-west-2-3', 'no')]);
    await press('*', '/', ...'ready', keyboard.enter, 't');
    assert.match(textOf(screen()), /1 of them is selected but hidden by the filter/);
  });

  test('about a node without an instance says that nothing is lost', async () => {
    const { calls, press, screen } = await show([...fleetOf(1), terminated('us-west-2-1')]);
    await press('R');
    assert.match(textOf(screen()), /There is no instance any longer: a new one is launched/);
    await press('y');
    assert.deepEqual(calls, ['replace us-west-2-1']);
  });

  test('whose name is being typed takes q, y and n for letters, and Esc for a no', async () => {
    const { calls, outcomes, press, screen } = await show([begins('qynq'), ...fleetOf(11)]);
    await press('*', 't', 'q', 'y', 'n');
    assert.match(screen(), /› qyn/);
    await press(keyboard.escape);
    assert.match(screen(), /11 nodes stay as they are/);
    assert.deepEqual([calls, outcomes], [[], []]);
  });

  test('does not take what was pasted', async () => {
    const { calls, press, screen } = await show([begins('fleet'), ...fleetOf(11)]);
    await press('*', 't', '\u001B[200~fleet\u001B[201~', keyboard.enter);
    assert.match(textOf(screen()), /Only the name goes on/);
    assert.deepEqual(calls, []);
  });
});

for (const window of [
  { columns: 40, rows: 10 },
  { columns: 60, rows: 14 },
]) {
  test(`what has to be typed is seen at ${window.columns}x${window.rows} as well`, async () => {
    const { calls, lines, press, screen, width } = await show(
      [begins(), ...fleetOf(30), enters('us-west-2-31', 'launching'), terminated('us-west-2-32')],
      window,
    );
    await press('*', 'R');
    assert.match(screen(), /Replace 31 nodes\?/);
    assert.match(textOf(screen()), /Type sandbox to go on: ›/);
    assert.equal(lines().length, window.rows);
    assert.ok(width() <= window.columns);
    await press(...'sandbox', keyboard.enter);
    assert.equal(calls.length, 1);
  });
}

describe('the selection', () => {
  test('stays for what comes next after an action that ends nothing', async () => {
    const { calls, press } = await show(fleetOf(3));
    await press(' ', ' ', 'c', 'y', 'u', 'y');
    assert.deepEqual(calls, ['configure us-west-2-1 us-west-2-2', 'push us-west-2-1 us-west-2-2']);
  });

  test('is over once its nodes are terminated or replaced', async () => {
    for (const key of ['t', 'R']) {
      const { calls, model, press } = await show(fleetOf(3));
      await press(' ', ' ', key, 'y');
      assert.equal(calls.length, 1);
      assert.equal(model.view.getState().fleet.marked.size, 0);
    }
  });
});

describe('x', () => {
  test('runs a command on the selection and shows what comes of it', async () => {
    const { calls, happen, press, screen, until } = await show([
      ...fleetOf(5),
      enters('us-west-2-6', 'launching'),
    ]);
    await press('*', 'x');
    assert.match(screen(), /Run on 5 of 6 nodes:/);
    await press(...'df -h /', keyboard.enter);
    assert.deepEqual(calls, [`exec ${names(5).join(' ')} "df -h /"`]);
    assert.match(screen(), /▲ not us-west-2-6: launching: it has no address yet/);
    await happen(asks(1, 'exec', names(5), { detail: 'df -h /' }));
    await until('exec  df -h /');
  });

  test('names one node, and does nothing for an empty line', async () => {
    const { calls, press, screen } = await show(fleetOf(2));
    await press('x');
    assert.match(screen(), /Run on us-west-2-1:/);
    await press(' ', keyboard.enter);
    assert.match(screen(), /no command was typed/);
    await press(keyboard.escape);
    assert.deepEqual(calls, []);
  });

  test('offers earlier commands, the last one first, each once', async () => {
    const { calls, happen, press } = await show(fleetOf(1));
    await happen(
      ...['uptime', 'df', 'uptime'].flatMap((detail, index) => [
        asks(index + 1, 'exec', names(1), { detail }),
        prints(index + 1, 'us-west-2-1', ['x']),
        ends(index + 1, 'exec', names(1)),
      ]),
    );
    await press('x', keyboard.up, keyboard.up, keyboard.up, keyboard.enter);
    assert.deepEqual(calls, ['exec us-west-2-1 "df"']);
  });
});

describe('U', () => {
  test('asks for stages, then whether that is meant, then shows how it goes', async () => {
    const { calls, model, press, screen } = await show([begins(), ...fleetOf(12)]);
    await press('*', 'U');
    assert.match(screen(), /Roll out to 12 nodes: canary 1, batches of 5, stop at 1 failure/);
    await press(keyboard.enter);
    const text = textOf(screen());
    assert.match(text, /Push to 12 nodes, canary 1, batches of 5, stop at 1 failure\?/);
    assert.match(text, /us-west-2-1 first; if that fails, no other\. Then the others in 3 batches/);
    await press('y');
    assert.deepEqual(calls, [
      `push ${names(12).join(' ')} {"canary":1,"batchSize":5,"maxFailures":1}`,
    ]);
    assert.equal(model.view.getState().screens.at(-1)?.type, 'output');
  });

  test('says what it can not read, and keeps it in the line', async () => {
    const { calls, press, screen } = await show(fleetOf(2));
    await press('U', '\u0015', ...'batches of many', keyboard.enter);
    assert.match(screen(), /batches of many.*how many\?/);
    await press(keyboard.escape);
    assert.deepEqual(calls, []);
  });
});

describe('a', () => {
  test('launches so many more, in a region that there is', async () => {
    const { calls, press, screen } = await show([begins(), ...fleetOf(2)]);
    await press('a', '3', keyboard.enter);
    assert.match(screen(), /launch of 3 nodes: p shows how far it is/);
    await press('a', ...'1 us-w', keyboard.enter);
    assert.deepEqual(calls, ['launch 3', 'launch 1 "us-west-2"']);
  });

  test('says what is wrong with the line', async () => {
    const { calls, press, screen } = await show([begins(), ...fleetOf(2)]);
    await press('a', ...'many', keyboard.enter);
    assert.match(screen(), /how many\?/);
    await press('\u0015', ...'2 eu-west-1', keyboard.enter);
    assert.match(screen(), /eu-west-1 is none of us-west-2/);
    await press('\u0015', '0', keyboard.enter);
    assert.match(screen(), /how many\?/);
    assert.deepEqual(calls, []);
  });

  test('a large launch is asked about, with what it may cost', async () => {
    const priced = [...fleetOf(2), runsOn('us-west-2-1', { pricePerHour: 0.02 })];
    const { press, screen } = await show([begins(), ...priced]);
    await press('a', ...'30', keyboard.enter);
    assert.match(
      textOf(screen()),
      /30 spot instances.*about \$0\.60 an hour, by what the others cost\./,
    );
  });

  test('asks before more than ten', async () => {
    const { calls, press, screen } = await show([begins(), ...fleetOf(2)]);
    await press('a', ...'30', keyboard.enter);
    assert.match(screen(), /Launch 30 nodes\?/);
    await press('n');
    assert.match(screen(), /Nothing was launched/);
    await press('a', ...'30', keyboard.enter, 'y');
    assert.deepEqual(calls, ['launch 30']);
  });

  test('works in a fleet without any node', async () => {
    const { calls, press } = await show([begins()]);
    await press('a', '1', keyboard.enter);
    assert.deepEqual(calls, ['launch 1']);
  });
});

describe('d', () => {
  test('opens the page of one node', async () => {
    const { calls, model, press, screen } = await show(fleetOf(2));
    await press('d');
    assert.deepEqual(calls, ['doctor us-west-2-1']);
    assert.equal(model.view.getState().screens.at(-1)?.type, 'node');
    assert.match(screen(), /Looking at us-west-2-1/);
    await press('d');
    assert.equal(model.view.getState().screens.length, 1);
  });

  test('shows the results of many beside each other', async () => {
    const { calls, model, press } = await show(fleetOf(2));
    await press('*', 'd');
    assert.deepEqual(calls, ['doctor us-west-2-1 us-west-2-2']);
    assert.equal(model.view.getState().screens.at(-1)?.type, 'output');
  });
});

describe('y', () => {
  const ssh = { file: 'ssh', arguments: ['-i', "/home/ann/my 'key'", 'ubuntu@203.0.113.7'] };
  const copied = (frames: readonly string[]) =>
    frames.flatMap((frame) => {
      const encoded = /\u001B\]52;c;([\w+/=]*)\u0007/.exec(frame)?.[1];
      return encoded === undefined ? [] : [Buffer.from(encoded, 'base64').toString()];
    });

  test('copies what is chosen by its key', async () => {
    const { frames, press, screen } = await show(
      [
        ...fleetOf(1),
        runsOn('us-west-2-1', { publicAddress: '198.51.100.1', privateAddress: '10.0.0.7' }),
      ],
      { sshCommand: ssh },
    );
    await press('y');
    assert.match(textOf(screen()), /i instance id i-0123456789abcdef0 a address 198\.51\.100\.1/);
    for (const key of ['i', 'y', 'a', 'y', 'p', 'y', 's']) await press(key);
    assert.deepEqual(copied(frames), [
      'i-0123456789abcdef0',
      '198.51.100.1',
      '10.0.0.7',
      `ssh -i '/home/ann/my '\\''key'\\''' ubuntu@203.0.113.7`,
    ]);
    assert.match(screen(), /Copied, if the terminal allows it \(OSC 52\): ssh command ssh -i/);
  });

  test('copies a line for each selected node', async () => {
    const { frames, press, screen } = await show(fleetOf(3));
    await press('*', 'y', 'a');
    assert.deepEqual(copied(frames), ['203.0.113.0\n203.0.113.1\n203.0.113.2']);
    assert.match(screen(), /3 addresses/);
  });

  test('reaches the terminal around tmux as well', async () => {
    const { frames, press } = await show(fleetOf(1), { isInTmux: true });
    await press('y', 'n');
    const encoded = Buffer.from('us-west-2-1').toString('base64');
    const direct = `\u001B]52;c;${encoded}\u0007`;
    const wrapped = `\u001BPtmux;\u001B\u001B]52;c;${encoded}\u0007\u001B\\`;
    assert.ok(frames.some((frame) => frame.includes(direct + wrapped)));
  });

  test('does not send what no terminal takes', async () => {
    const long = { file: 'ssh', arguments: ['x'.repeat(80_000)] };
    const { frames, press, screen } = await show(fleetOf(1), { sshCommand: long });
    await press('y', 's');
    assert.deepEqual(copied(frames), []);
    assert.match(screen(), /too much for a terminal's clipboard/);
  });

  test('works in recordings', async () => {
    const { frames, press } = await show(fleetOf(1), { isRecording: true });
    await press('y', 'i');
    assert.deepEqual(copied(frames), ['i-0123456789abcdef0']);
  });
});

describe('o', () => {
  test('shows a link that can be clicked, and read where links are unknown', async () => {
    const { press, screen } = await show(fleetOf(2));
    await press('o');
    const url = 'https://console.example/us-west-2-1';
    assert.ok(screen().includes(`\u001B]8;;${url}\u001B\\${url}\u001B]8;;\u001B\\`));
    await press('o');
    assert.ok(!screen().includes(url));
  });

  test('lists the links of many nodes, as far as there is room', async () => {
    const { lines, press, screen, width } = await show(fleetOf(30));
    await press('*', 'o', 'j');
    assert.match(screen(), /console\.example\/us-west-2-2\b/);
    assert.equal(lines().length, 24);
    assert.ok(width() <= 80);
  });

  test('says so in a fleet without a console', async () => {
    const { press, screen } = await show(fleetOf(1), { hasConsole: false });
    await press('o');
    assert.match(screen(), /This fleet has no console/);
  });
});

test('in a recording nothing is sent, and every key says so', async () => {
  const { calls, press, screen } = await show([begins(), ...fleetOf(2)], { isRecording: true });
  const keys = { x: 'exec', U: 'rollout', d: 'doctor', l: 'logs', R: 'replace', a: 'launch' };
  for (const [key, name] of Object.entries(keys)) {
    await press(key);
    assert.match(screen(), new RegExp(`This is a recording: ${name} needs a fleet`));
  }
  assert.deepEqual(calls, []);
});
