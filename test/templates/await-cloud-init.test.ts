import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { StandInNode } from './stand-in-node.ts';

const result = '{\n "v1": {\n  "datasource": "NoCloud",\n  "errors": ["a \\"b\\"\\nc"]\n }\n}\n';

describe('waiting for cloud-init', () => {
  let node: StandInNode;
  beforeEach(async () => {
    node = await StandInNode.make();
    await node.program('cloud-init', 'printf \'{\\n  "status": "done"\\n}\\n\'');
  });
  afterEach(async () => {
    await node.remove();
  });

  const answer = async (): Promise<unknown> => {
    const { status, stdout, stderr } = await node.run('await-cloud-init.sh');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^[^\n]+\n$/);
    return JSON.parse(stdout);
  };

  it('gives its result and status as one line of JSON', async () => {
    await node.write('run/cloud-init/result.json', result);
    await node.write('var/lib/spot-tui/prepared', '');
    assert.deepEqual(await answer(), {
      result: { v1: { datasource: 'NoCloud', errors: ['a "b"\nc'] } },
      status: { status: 'done' },
      disabled: false,
      prepared: true,
      reason: null,
      hint: null,
    });
  });

  it('ends once the result is there', async () => {
    let ended = false;
    const waiting = answer().then((value) => {
      ended = true;
      return value;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(ended, false);
    await node.write('run/cloud-init/result.json', result);
    assert.notEqual(await waiting, undefined);
  });

  it('lets the status catch up with the result', async () => {
    await node.write('run/cloud-init/result.json', result);
    await node.program(
      'cloud-init',
      [
        'if [ -e "$SPOT_TUI_ROOT/asked" ]; then state=done; else state=running; fi',
        ': >"$SPOT_TUI_ROOT/asked"',
        'printf \'{"status": "%s"}\' "$state"',
      ].join('\n'),
    );
    assert.deepEqual((await answer()) as { status: unknown }, {
      ...((await answer()) as object),
      status: { status: 'done' },
    });
  });

  it('says why the node was not prepared', async () => {
    await node.write('run/cloud-init/result.json', result);
    await node.write('var/lib/spot-tui/prepare-failure', 'no "way" \\out\ttoday\nLet it out.\n');
    const { prepared, reason, hint } = (await answer()) as Record<string, unknown>;
    assert.deepEqual([prepared, reason, hint], [false, 'no "way" \\outtoday', 'Let it out.']);
  });

  it('does not wait where cloud-init is switched off', async () => {
    await node.write('run/cloud-init/disabled', '');
    const { disabled, result: none } = (await answer()) as Record<string, unknown>;
    assert.deepEqual([disabled, none], [true, null]);
  });

  it('does not wait for a last stage that died', async () => {
    await node.unit('cloud-final.service', { ActiveState: 'failed' });
    await node.program('cloud-init', 'echo "usage: cloud-init" >&2; exit 2');
    const { disabled, result: none, status } = (await answer()) as Record<string, unknown>;
    assert.deepEqual([disabled, none, status], [false, null, null]);
  });

  it('gives up after the time that it was given', async () => {
    await rm(`${node.root}/run`, { recursive: true, force: true });
    const { status, stderr } = await node.run('await-cloud-init.sh', { args: ['0'] });
    assert.deepEqual([status, stderr], [75, 'cloud-init has not finished within 0 seconds\n']);
  });
});
