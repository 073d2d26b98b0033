import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { commandTable } from '../../../source/commands/command-table.ts';
import { bashCompletion } from '../../../source/commands/completion/bash.ts';
import { completedProgram } from '../../../source/commands/completion/completed-commands.ts';
import { fishCompletion } from '../../../source/commands/completion/fish.ts';
import { zshCompletion } from '../../../source/commands/completion/zsh.ts';
import { flagName } from '../../../source/commands/help.ts';
import { commandOptions, globalOptions } from '../../../source/commands/options.ts';
import { starters } from '../../../source/commands/starters.ts';
import { User } from '../program.ts';

const folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-completion-'));
after(() => rm(folder, { recursive: true, force: true }));
await writeFile(path.join(folder, 'config.yaml'), '');
await writeFile(path.join(folder, 'my fleet.yaml'), '');

const scripts = {
  bash: bashCompletion(completedProgram()),
  zsh: zshCompletion(completedProgram()),
  fish: fishCompletion(completedProgram()),
};
for (const [shell, script] of Object.entries(scripts)) {
  await writeFile(path.join(folder, `script.${shell}`), script);
}

/** Runs a shell in the folder, which is its home too. */
const runShell = (shell: string, ...words: readonly string[]): string => {
  const { error, status, stderr, stdout } = spawnSync(shell, words, {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8' },
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  assert.equal(stderr, '');
  assert.equal(status, 0, stdout);
  return stdout;
};

const missing = (shell: string): string | false =>
  spawnSync(shell, ['-c', 'true']).error === undefined ? false : `${shell} is not installed`;

/** What bash offers for the last word; words are as bash splits them. */
const inBash = (...words: readonly string[]): string[] =>
  runShell(
    'bash',
    '--norc',
    '-c',
    'source script.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _spot_tui; ' +
      'for each in "${COMPREPLY[@]}"; do printf "%s\\n" "$each"; done',
    'bash',
    'spot-tui',
    ...words,
  )
    .split('\n')
    .filter((line) => line !== '')
    .sort();

/** What fish offers, with its description, for the last word of each line. */
const inFish = (line: string): string[] =>
  runShell('fish', '--no-config', '-c', 'source script.fish; complete -C $argv[1]', line)
    .split('\n')
    .filter((each) => each !== '');

const written = (option: string): string => flagName(option === 'notify' ? 'no-notify' : option);

test('bash offers every command, and each one’s flags and no others', () => {
  assert.deepEqual(inBash(''), [...commandTable.map(({ name }) => name), 'help'].sort());
  const globals = [...Object.keys(globalOptions).map(written), '--sandbox=fast'];
  for (const { name, options } of commandTable) {
    const flags = [...globals, ...options.map(written)].sort();
    assert.deepEqual(inBash(name, '--'), flags, name);
  }
});

test('every shell offers the templates', () => {
  const names = starters.map(([name]) => name);
  assert.deepEqual(inBash('init', '--template', ''), names.toSorted());
  assert.match(scripts.fish, new RegExp(`-l template -x -a '${names.join(' ')}'`));
  for (const name of names) assert.match(scripts.zsh, new RegExp(`--template=.*${name}\\\\:`));
});

test('bash completes what has been begun, wherever it is', () => {
  assert.deepEqual(inBash('cr'), ['create']);
  assert.deepEqual(inBash('create', '--dr'), ['--dry-run']);
  assert.deepEqual(inBash('list', '--dr'), []);
  assert.deepEqual(inBash('--wat'), ['--watch']);
  assert.deepEqual(inBash('--region', 'push', 'cr'), ['create']);
  assert.deepEqual(inBash('--region', '=', 'push', 'cr'), ['create']);
  assert.deepEqual(inBash('--sandbox', 'cr'), ['create']);
  assert.deepEqual(inBash('--sandbox', '=', 'fast', 'create', '--dr'), ['--dry-run']);
  assert.deepEqual(inBash('help', 'exp'), ['explain']);
});

test('bash completes values: fixed ones, and files also with a space', () => {
  assert.deepEqual(inBash('create', '--sandbox', '='), ['fast']);
  assert.deepEqual(inBash('create', '--sandbox', '=', 'f'), ['fast']);
  assert.deepEqual(inBash('create', '--sandbox=f'), ['--sandbox=fast']);
  assert.deepEqual(inBash('create', '--config', 'c'), ['config.yaml']);
  assert.deepEqual(inBash('create', '--config', 'my'), ['my fleet.yaml']);
  assert.deepEqual(inBash('create', '--config', '=', 'c'), ['config.yaml']);
  assert.deepEqual(inBash('create', '--config=c'), ['--config=config.yaml']);
  assert.deepEqual(inBash('replay', 'c'), ['config.yaml']);
  assert.deepEqual(inBash('create', '--count', ''), []);
});

test('bash completes the words of `sandbox` and `completion`', () => {
  assert.deepEqual(inBash('sandbox', ''), ['fault', 'status', 'stop']);
  assert.deepEqual(inBash('sandbox', 'fault', 'reb'), ['rebalance', 'reboot']);
  assert.deepEqual(inBash('sandbox', 'status', ''), []);
  assert.deepEqual(inBash('completion', ''), ['bash', 'fish', 'zsh']);
});

test('bash leaves alone what runs on a node', () => {
  assert.deepEqual(inBash('exec', '--', 'cr'), []);
  assert.deepEqual(inBash('exec', '--', '--'), []);
});

test('bash calls the function for the program', () => {
  assert.match(runShell('bash', '--norc', '-c', 'source script.bash; complete -p'), / spot-tui$/m);
});

test('zsh and fish are told every command and flag, with what it means', () => {
  const forZsh = (text: string): string => text.replaceAll(':', '\\:');
  for (const { name, options, summary } of commandTable) {
    assert.ok(scripts.zsh.includes(`'${name}:${summary}'`), name);
    assert.ok(scripts.fish.includes(`-a ${name} -d '${summary}'`), name);
    const ofZsh = scripts.zsh.split(`\n    ${name})\n`)[1]?.split('\n      ;;')[0] ?? '';
    for (const option of options) {
      const { description } = commandOptions[option];
      assert.ok(ofZsh.includes(flagName(option)), `${name} ${option}`);
      assert.ok(ofZsh.includes(`[${forZsh(description)}]`), `${name} ${option}`);
      assert.ok(
        scripts.fish
          .split('\n')
          .some(
            (line) =>
              line.includes(`__spot_tui_command ${name}'`) &&
              line.includes(` -l ${flagName(option).slice(2)} `) &&
              line.includes(`-d '${description}'`),
          ),
        `${name} ${option}`,
      );
    }
  }
  for (const [option, { description }] of Object.entries(globalOptions)) {
    assert.ok(scripts.zsh.includes(`'${written(option)}`), option);
    assert.ok(scripts.zsh.includes(`[${forZsh(description)}]`), option);
    assert.ok(scripts.fish.includes(` -l ${written(option).slice(2)} `), option);
    assert.ok(scripts.fish.includes(`-d '${description}'`), option);
  }
});

test('zsh takes the script, however it is loaded', { skip: missing('zsh') }, () => {
  runShell('zsh', '-f', '-n', 'script.zsh');
  const load = 'autoload -Uz compinit; compinit -u -D; eval "$(cat script.zsh)"';
  assert.equal(runShell('zsh', '-f', '-c', `${load}; print $_comps[spot-tui]`), '_spot_tui\n');
});

test('fish offers commands, flags, values and files', { skip: missing('fish') }, () => {
  runShell('fish', '--no-config', '-n', 'script.fish');
  const names = inFish('spot-tui ').map((line) => line.split('\t')[0]);
  assert.deepEqual(names.sort(), [...commandTable.map(({ name }) => name), 'help'].sort());
  assert.deepEqual(inFish('spot-tui create --dr'), [
    `--dry-run\t${commandOptions.dryRun.description}`,
  ]);
  assert.deepEqual(inFish('spot-tui list --dr'), []);
  assert.match(inFish('spot-tui --region push cr').join(), /^create\t/);
  assert.match(inFish('spot-tui create --sandbox=').join(), /^--sandbox=fast\t/);
  assert.deepEqual(inFish('spot-tui create --config c'), ['config.yaml']);
  assert.deepEqual(
    inFish('spot-tui sandbox fault reb').map((line) => line.split('\t')[0]),
    ['rebalance', 'reboot'],
  );
  assert.deepEqual(inFish('spot-tui sandbox status re'), []);
});

test('the program prints the script, and says which shells there are', async () => {
  const user = await User.create();
  try {
    assert.deepEqual(await user.run(['completion', 'bash']), {
      status: 0,
      stdout: scripts.bash,
      stderr: '',
    });
    const { stdout } = await user.run(['completion', 'fish', '--json']);
    assert.deepEqual(JSON.parse(stdout), { shell: 'fish', script: scripts.fish });
    for (const words of [['completion'], ['completion', 'tcsh']]) {
      const { status, stderr } = await user.run(words);
      assert.equal(status, 2);
      assert.match(stderr, /spot-tui completion zsh/);
    }
  } finally {
    await user.remove();
  }
});
