import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { entryMeanings } from '../../source/commands/deployment-entries.ts';
import { defaultStarter, starters } from '../../source/commands/starters.ts';
import { loadConfig } from '../../source/config/load.ts';
import { lines, User } from './program.ts';

const templates = fileURLToPath(new URL('../../templates', import.meta.url));
const starterFolder = (name: string): string => path.join(templates, 'deployments', name);

describe('init', () => {
  let user: User;
  beforeEach(async () => {
    user = await User.create();
  });
  afterEach(() => user.remove());

  /** Whether there is something of this name below the user's folder. */
  const exists = (name: string): Promise<boolean> =>
    stat(path.join(user.folder, name)).then(
      () => true,
      () => false,
    );

  for (const [name] of starters) {
    test(`${name} reaches ready in the sandbox as it is written`, async () => {
      const begun = await user.run(['init', 'fleet', '--template', name, '--json']);
      assert.equal(begun.status, 0, begun.stderr);
      const { folder, template, written } = JSON.parse(begun.stdout);
      assert.equal(template, name);
      assert.equal(folder, path.join(user.folder, 'fleet'));
      assert.deepEqual((await readdir(folder)).sort(), [...written].sort());
      const created = await user.run([
        ...['create', '--sandbox=fast', '--json', '--count', '1'],
        ...['--config', 'fleet/config.yaml'],
      ]);
      assert.equal(created.status, 0, created.stderr + created.stdout);
      assert.equal(lines(created.stdout).at(-1)?.ready, 1);
    });

    test(`${name} loads without a warning, and names every folder that lies beside it`, async () => {
      const { config, warnings } = await loadConfig(path.join(starterFolder(name), 'config.yaml'), {
        environment: { HOME: user.home },
        workingDirectory: '/',
      });
      assert.deepEqual(warnings, []);
      const text = await readFile(path.join(starterFolder(name), 'config.yaml'), 'utf8');
      for (const entry of await readdir(starterFolder(name))) {
        assert.ok(entryMeanings.has(entry.replace(/^(?=gitignore$)/, '.')), entry);
        if (['config.yaml', 'gitignore'].includes(entry)) continue;
        assert.match(text, new RegExp(`^ {2}\\w+: ${entry}(?: |$)`, 'm'));
      }
      assert.ok(config.totalInstances > 0);
    });
  }

  test('there is a folder for each template, and no other', async () => {
    assert.deepEqual(
      (await readdir(path.join(templates, 'deployments'))).sort(),
      starters.map(([name]) => name).sort(),
    );
  });

  test('says what was written, what each is for and what comes next', async () => {
    const { status, stdout } = await user.run(['init', 'my fleet']);
    assert.equal(status, 0);
    assert.match(stdout, new RegExp(`^Wrote the template ${defaultStarter} to my fleet:\n`));
    for (const entry of await readdir(path.join(user.folder, 'my fleet'))) {
      assert.match(stdout, new RegExp(`^  ${entry}/? +\\S+`, 'm'));
    }
    assert.match(stdout, /^Next: `cd 'my fleet'`, edit config\.yaml, then `spot-tui validate`/m);
  });

  test('names files to edit that are there', async () => {
    for (const [name] of starters) {
      const { stdout } = await user.run(['init', name, '--template', name]);
      const [, edits = ''] = /, edit (.+?), then/.exec(stdout) ?? [];
      for (const file of edits.split(' and ')) assert.ok(await exists(`${name}/${file}`), file);
    }
  });

  test('its help lists the templates with a line about each', async () => {
    const { stdout } = await user.run(['init', '--help']);
    for (const [name, summary] of starters) {
      assert.match(stdout, new RegExp(`^ {2}${name} +${summary}$`, 'm'));
    }
  });

  test('an unknown template is a usage error that names the nearest, and all', async () => {
    const { status, stderr, stdout } = await user.run(['init', 'fleet', '--template', 'minmal']);
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^spot-tui: there is no template minmal\n {2}Did you mean minimal\? /);
    for (const [name] of starters) assert.ok(stderr.includes(name), stderr);
    assert.equal(await exists('fleet'), false);
  });

  test('overwrites nothing, and then writes nothing', async () => {
    await user.write('scripts/mine.sh', 'mine');
    await user.write('config.yaml', 'mine');
    const { status, stderr } = await user.run(['init']);
    assert.equal(status, 2);
    assert.match(stderr, /^spot-tui: config\.yaml, scripts exist here already\n.*--force/);
    assert.deepEqual((await readdir(user.folder)).sort(), ['config.yaml', 'scripts']);
    assert.equal(await readFile(path.join(user.folder, 'config.yaml'), 'utf8'), 'mine');
  });

  test('with --force it overwrites what it has itself, and leaves the rest', async () => {
    await user.write('fleet/scripts/mine.sh', 'mine');
    await user.write('fleet/config.yaml', 'mine');
    await user.write('fleet/.gitignore', 'mine');
    const { status, stderr } = await user.run(['init', 'fleet', '--force']);
    assert.equal(status, 0, stderr);
    const read = (name: string) => readFile(path.join(user.folder, 'fleet', name), 'utf8');
    assert.notEqual(await read('config.yaml'), 'mine');
    assert.equal(await read('scripts/mine.sh'), 'mine');
    assert.equal(await read('.gitignore'), 'mine');
  });

  test('with --force it still writes nothing where a file and a folder are in each other’s way', async () => {
    await user.write('flat/scripts', 'mine');
    await user.write('deep/config.yaml/mine', 'mine');
    for (const [folder, message] of [
      ['flat', /scripts is a file, where a folder of that name belongs\n.*Nothing was written/],
      ['deep', /config\.yaml is a folder, where a file of that name belongs\n/],
      ['flat/scripts', /scripts is a file, where a folder of that name belongs\n/],
    ] as const) {
      const { status, stderr } = await user.run(['init', folder, '--force']);
      assert.equal(status, 2, stderr);
      assert.match(stderr, message);
    }
    assert.deepEqual(await readdir(path.join(user.folder, 'flat')), ['scripts']);
    assert.deepEqual(await readdir(path.join(user.folder, 'deep')), ['config.yaml']);
  });

  test('a .gitignore that is there stands in nobody’s way', async () => {
    await user.write('.gitignore', 'mine');
    const { status, stderr } = await user.run(['init']);
    assert.equal(status, 0, stderr);
    assert.equal(await readFile(path.join(user.folder, '.gitignore'), 'utf8'), 'mine');
  });

  test('a file in the place of the folder is refused in words', async () => {
    await user.write('fleet', '');
    const { status, stderr } = await user.run(['init', 'fleet']);
    assert.equal(status, 2);
    assert.match(stderr, /^spot-tui: \S+fleet is a file\n {2}.+\n$/);
  });

  test('where nothing can be written it says so', { skip: process.getuid?.() === 0 }, async () => {
    await mkdir(path.join(user.folder, 'closed'), { mode: 0o500 });
    const { status, stderr } = await user.run(['init', 'closed/fleet']);
    assert.equal(status, 1);
    assert.match(stderr, /permission denied/);
  });
});
