import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { User } from './program.ts';
import { hasTmux, Tmux } from './tmux.ts';

suite('tables in a narrow terminal', { skip: !hasTmux && 'tmux is not installed' }, () => {
  let user: User;
  let tmux: Tmux;

  before(async () => {
    user = await User.create();
    await user.write('scripts/run.sh', 'true\n');
    await user.write(
      'config.yaml',
      [
        'settle_time: 1s',
        'ttl: 8h',
        'aws: {total_instances: 2, scripts_directory: scripts}',
        'regions:',
        '  - us-west-2: {instance_types: [t3.medium, t3a.medium, m5.large]}',
        '  - ap-southeast-2: {instance_types: [t3.medium, t3a.medium, m5.large]}',
        '',
      ].join('\n'),
    );
    const { status, stderr } = await user.run(['create', '--sandbox=fast']);
    assert.equal(status, 0, stderr);
    tmux = await Tmux.open(user, { columns: 80, rows: 60 });
  });
  after(async () => {
    await tmux.close();
    await user.remove();
  });

  /** The screen of 80 columns once a command has printed into it. */
  const shown = async (words: readonly string[], done: string): Promise<string[]> => {
    await tmux.type(`clear; ${user.shellCommand(words)}; printf '%s came' ${done}`);
    await tmux.press('Enter');
    const screen = await tmux.until(new RegExp(`^${done} came`, 'm'));
    return screen.split('\n');
  };

  test('list leaves out what helps least, and says so', async () => {
    const lines = await shown(['list', '--sandbox'], 'list');
    const heading = lines.findIndex((line) => line.startsWith('NODE'));
    assert.match(lines[heading] ?? '', /^NODE +INSTANCE +STATE +ADDRESS +EXPIRES +PRICE\/H$/);
    const [first = '', second = '', note = ''] = lines.slice(heading + 1);
    assert.match(
      second,
      /^ap-southeast-2-1 +i-[0-9a-f]{17} +running +127\.\S+ +in 7h5\dm +\$0\.\d+$/,
    );
    assert.match(first, /^us-west-2-1 +i-[0-9a-f]{17} +running +127\.\S+ +in 7h5\dm +\$0\.\d+$/);
    assert.match(note, /^Not in a window this narrow: ZONE, TYPE, LAUNCHED\./);
  });

  test('a pipe gets all columns, in full', async () => {
    const { stdout } = await user.run(['list', '--sandbox']);
    assert.match(
      stdout,
      /^NODE +INSTANCE +ZONE +TYPE +STATE +ADDRESS +LAUNCHED +EXPIRES +PRICE\/H\n/,
    );
    assert.match(stdout, / \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ +\d{4}-\d\d-\d\dT/);
  });

  test('list --all-deployments names the first of many regions', async () => {
    const lines = await shown(['list', '--all-deployments', '--sandbox'], 'deployments');
    const row = lines.find((line) => line.startsWith('sandbox')) ?? '';
    assert.match(row, /^sandbox +2 running +ap-southeast-2 \+1 +t3a?\.medium/);
    assert.match(row, / in 7h5\dm +\$0\.\d+$/);
    const text = lines.join(' ');
    assert.match(text, /1 deployment, looked for in \d+ regions: \$0\.\d+ an hour, plus storage/);
  });

  test('the plan keeps the costs', async () => {
    const lines = await shown(['create', '--dry-run', '--count', '4', '--sandbox'], 'plan');
    const heading = lines.findIndex((line) => line.startsWith('REGION'));
    assert.match(lines[heading] ?? '', /^REGION +LAUNCH +THERE .* SPOT NOW .*COST$/);
    assert.match(lines[heading + 1] ?? '', /^us-west-2 +1 +1 .*\$0\.\d+\/h$/);
  });

  test('sandbox status keeps the ports', async () => {
    const lines = await shown(['sandbox', 'status'], 'status');
    const row = lines.find((line) => line.startsWith('us-west-2-1')) ?? '';
    assert.match(row, /running +127\.0\.0\.1:\d+$/);
  });
});
