import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseDocument } from 'yaml';
import { type Starter, starters } from '../../source/commands/starters.ts';
import { blocksOf } from '../docs/pages.ts';
import { type CommandResult, output, runCommand } from './command.ts';
import { skipReason } from './images.ts';
import { bookwormRegion, Lab, type ProgramResult, program } from './lab.ts';
import type { Machine } from './machine.ts';

const page = new URL('../../docs/minimal.md', import.meta.url);

/** What takes the place of GitHub's archive: it says so, and takes what lies in /tmp/jobs for jobs. */
const standInRunner = {
  'config.sh': `#!/bin/sh
echo "stand-in for GitHub's runner: $*"
[ -n "$ACTIONS_RUNNER_INPUT_TOKEN" ] || exit 1
if [ "$1" = remove ]; then rm .runner; else echo "$*" >.runner; fi
`,
  'run.sh': `#!/bin/sh
echo "stand-in for GitHub's runner: waiting for jobs"
trap 'echo "stand-in: told to stop"; exit 0' TERM
while [ ! -e /tmp/jobs/next ]; do sleep 0.2; done
mv /tmp/jobs/next bin/Runner.Worker
mkdir _diag
: >_diag/Worker_1.log
./bin/Runner.Worker
echo "stand-in: the job is done"
rm .runner
`,
  'bin/note': '',
};

describe('every template, from init to ready', { skip: await skipReason() }, () => {
  let lab: Lab;
  const created = new Map<Starter, ProgramResult>();
  /** What was typed by the page about `minimal`, and what came of it. */
  const typed: { readonly block: string; readonly result: CommandResult }[] = [];
  let blocks: readonly string[] = [];
  let pageFolder: string;

  before(async () => {
    lab = await Lab.start([]);
    pageFolder = lab.folder;
    await writeFile(
      path.join(lab.folder, 'spot-tui'),
      `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`,
      { mode: 0o755 },
    );
    const text = await readFile(page, 'utf8');
    blocks = blocksOf({ path: 'docs/minimal.md', text })
      .filter(({ language }) => language === 'sh')
      .map(({ lines }) => lines.join('\n'));
    await Promise.all([
      followPage(),
      ...starters.map(([name]) => (name === 'minimal' ? undefined : create(name))),
    ]);
  });

  after(async () => {
    await lab.close();
  });

  /** Types a block of the page. */
  const type = async (block: string): Promise<void> => {
    const result = await runCommand('sh', ['-ec', `${block}\npwd >"$HOME/pwd"`], {
      directory: pageFolder,
      environment: { ...lab.environment, PATH: `${lab.folder}:${process.env.PATH}` },
      timeout: 300_000,
    });
    typed.push({ block, result });
    if (result.exitCode === 0) {
      pageFolder = (await readFile(path.join(lab.folder, 'home/pwd'), 'utf8')).trim();
    }
  };

  /** All of the page but its last block, which ends what it began. */
  const followPage = async (): Promise<void> => {
    for (const [index, block] of blocks.slice(0, -1).entries()) {
      await type(block);
      if (typed.at(-1)?.result.exitCode !== 0) return;
      if (index === 0) await edit(path.join(pageFolder, 'config.yaml'));
    }
  };

  /** What the lab needs: its user, key, region and network, and one node. */
  const edit = async (
    file: string,
    change?: (config: ReturnType<typeof parseDocument>) => void,
  ): Promise<void> => {
    const config = parseDocument(await readFile(file, 'utf8'));
    config.setIn(['aws', 'total_instances'], 1);
    config.setIn(['aws', 'username'], 'debian');
    config.setIn(['aws', 'public_ssh_key_path'], '../key.pub');
    config.setIn(['aws', 'private_ssh_key_path'], '../key');
    config.setIn(['aws', 'ssh_allowed_cidrs'], ['10.99.0.0/16']);
    config.setIn(['regions'], [bookwormRegion]);
    change?.(config);
    await writeFile(file, config.toString());
  };

  const create = async (name: Exclude<Starter, 'minimal'>): Promise<void> => {
    const begun = await lab.spotTui(['init', name, '--template', name]);
    assert.equal(begun.exitCode, 0, begun.stderr + begun.stdout);
    await adapt[name]();
    created.set(
      name,
      await lab.spotTui(['create', '--ci', '--json', '--config', `${name}/config.yaml`], {
        timeout: 300_000,
        environment: { RUNNER_TOKEN: 'AAAATOKEN' },
      }),
    );
  };

  const adapt: Record<Exclude<Starter, 'minimal'>, () => Promise<void>> = {
    bacalhau: async () => {
      await edit(path.join(lab.folder, 'bacalhau/config.yaml'), (config) => {
        config.set('images', {
          bacalhau: 'spot-tui-lab/bacalhau:stand-in',
          sensor: 'spot-tui-lab/sensor:stand-in',
        });
      });
      // Hosts of the lab may hold back capabilities that a privileged container asks for.
      await lab.edit('bacalhau/config/docker-compose.yaml', (text) =>
        text.replace('privileged: true', 'privileged: false'),
      );
    },
    compose: async () => {
      await edit(path.join(lab.folder, 'compose/config.yaml'), (config) => {
        config.set('images', { web: 'spot-tui-lab/sensor:stand-in' });
        // The lab's machines have no curl.
        config.setIn(['checks', 0, 'command'], 'busybox wget -qO- http://localhost/');
      });
      await lab.edit('compose/compose/compose.yaml', (text) =>
        text.replace(
          "    restart: 'no'\n",
          "$&    entrypoint: ['/bin/sh', '-c', 'trap exit TERM; httpd -f -p 80 -h /usr/share/nginx/html & wait']\n",
        ),
      );
    },
    runner: async () => {
      const folder = path.join(lab.folder, 'stand-in-runner');
      for (const [file, content] of Object.entries(standInRunner)) {
        await lab.write(`stand-in-runner/${file}`, content, 0o755);
      }
      const archive = path.join(lab.folder, 'runner/files/actions-runner.tar.gz');
      await mkdir(path.dirname(archive));
      await output('tar', ['-czf', archive, '-C', folder, '.']);
      await chmod(archive, 0o644);
      const sum = createHash('sha256')
        .update(await readFile(archive))
        .digest('hex');
      await edit(path.join(lab.folder, 'runner/config.yaml'), (config) => {
        config.setIn(['aws', 'files_directory'], 'files');
      });
      await lab.edit('runner/config/runner.env', (text) =>
        text
          .replace('OWNER/REPOSITORY\n\n', 'someone/something\n\n')
          .replace('# RUNNER_ARCHIVE_URL=', 'RUNNER_ARCHIVE_URL=')
          .replace('# RUNNER_ARCHIVE_SHA256=', `RUNNER_ARCHIVE_SHA256=${sum}`),
      );
    },
  };

  const machineOf = (name: Exclude<Starter, 'minimal'>): Machine => {
    const line = created.get(name)?.lines.find(({ instanceId }) => instanceId !== undefined);
    const machine = lab.hypervisor.machines.find(
      ({ instanceId }) => instanceId === line?.instanceId,
    );
    assert.ok(machine);
    return machine;
  };

  it('four machines were up at the same time', () => {
    assert.equal(lab.hypervisor.machines.length, starters.length);
  });

  for (const [name] of starters) {
    if (name === 'minimal') continue;
    it(`${name} reaches ready`, () => {
      const result = created.get(name);
      assert.equal(result?.exitCode, 0, `${result?.stderr}${result?.stdout}`);
      assert.equal(result.lines.at(-1)?.ready, 1);
    });
  }

  it('minimal does by nothing but its page', () => {
    for (const { block, result } of typed) {
      assert.equal(result.exitCode, 0, `${block}\n${result.stderr}${result.stdout}`);
    }
    assert.equal(typed.length, blocks.length - 1);
  });

  it('what the page changes has arrived', () => {
    assert.match(
      typed.at(-1)?.result.stdout ?? '',
      new RegExp(`^Good morning from ${bookwormRegion}-1 in ${bookwormRegion}$`, 'm'),
    );
  });

  it('the runner is registered with what its node is, and its user sees no secret', async () => {
    const machine = machineOf('runner');
    assert.match(
      await machine.read('cat /opt/github-runner/.runner'),
      /--ephemeral --url \S+someone\/something --name runner-us-west-2-1 --labels us-west-2,us-west-2-1,spot --work /,
    );
    assert.match(
      await machine.read('journalctl --unit github-runner.service --output cat'),
      /stand-in for GitHub's runner: waiting for jobs/,
    );
    assert.equal(await machine.read('ps -o user:20= -C run.sh'), 'github-runner');
    const secret = '/opt/uploaded_files/secrets/runner_token';
    assert.equal(await machine.read(`cat ${secret}`), 'AAAATOKEN');
    const seen = await machine.run(`setpriv --reuid github-runner --clear-groups cat ${secret}`);
    assert.notEqual(seen.exitCode, 0);
  });

  it('a fresh runner takes the place of one that has done its job, and the service stays', async () => {
    const machine = machineOf('runner');
    await machine.read('mkdir -m 777 /tmp/jobs && touch /opt/github-runner/left-by-a-job');
    await startJob(machine, 'true');
    await machine.read(
      `timeout 60 sh -c 'while [ -e /opt/github-runner/left-by-a-job ] || [ ! -e /opt/github-runner/.runner ]; do sleep 0.2; done'`,
    );
    assert.equal(
      await machine.read('systemctl show --property ActiveState,NRestarts github-runner.service'),
      'NRestarts=0\nActiveState=active',
    );
  });

  it('a job that runs may end before its runner is stopped and removed', async () => {
    const machine = machineOf('runner');
    await startJob(machine, 'while [ ! -e /tmp/jobs/go-on ]; do sleep 0.2; done');
    await machine.read(`timeout 60 sh -c 'until pgrep -x Runner.Worker; do sleep 0.2; done'`);
    const drain = machine.run('sudo systemctl stop github-runner.service');
    await machine.read(
      `timeout 60 sh -c 'until journalctl -u github-runner -o cat | grep -q "a job runs"; do sleep 0.2; done'`,
    );
    await machine.read('touch /tmp/jobs/go-on');
    assert.equal((await drain).exitCode, 0);
    const said = await machine.read('journalctl --unit github-runner.service --output cat');
    assert.match(said, /a job runs: it has 60 seconds to end[\s\S]*stand-in: the job is done/);
    assert.equal(await machine.read('ls -A /opt/github-runner | grep -c "^.runner$" || :'), '0');
  });

  it('doctor says of a stopped runner what to do, and configure starts it again', async () => {
    const words = ['--config', 'runner/config.yaml'];
    const doctor = await lab.spotTui(['doctor', ...words]);
    assert.equal(doctor.exitCode, 1);
    assert.match(doctor.stdout, /github-runner\.service: not running/);
    const configured = await lab.spotTui(['configure', '--ci', ...words]);
    assert.equal(configured.exitCode, 0, configured.stderr + configured.stdout);
  });

  it('an idle runner that is stopped is removed from GitHub', async () => {
    const machine = machineOf('runner');
    await machine.read('systemctl stop github-runner.service');
    const said = await machine.read('journalctl --unit github-runner.service --output cat');
    assert.match(said, /stand-in: told to stop[\s\S]*stand-in for GitHub's runner: remove/);
  });

  it('minimal’s page ends what it began', async () => {
    const [last = ''] = blocks.slice(-1);
    await type(last);
    assert.equal(typed.at(-1)?.result.exitCode, 0, `${typed.at(-1)?.result.stderr}`);
    assert.equal(lab.hypervisor.machines.length, starters.length - 1);
  });
});

/** Gives the stand-in runner a job: a line of shell. */
const startJob = async (machine: Machine, line: string): Promise<void> => {
  await machine.read(
    `printf '#!/bin/sh\\n%s\\n' '${line}' >/tmp/jobs/new && chmod 777 /tmp/jobs/new && mv /tmp/jobs/new /tmp/jobs/next`,
  );
};
