import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { assertAcceptable, runsOf } from './evidence.ts';
import { skipReason } from './images.ts';
import {
  bookwormRegion,
  type Configuration,
  Lab,
  nodeOf,
  type ProgramResult,
  trixieRegion,
} from './lab.ts';
import type { Machine } from './machine.ts';

/** Two services, of which one is meant to end; its variables are in a file of its own. */
const jobs = `services:
  seed:
    image: \${WEB_IMAGE}
    entrypoint: ['/bin/sh', '-c', 'echo "$$GREETING $$NODE" >/data/seeded']
    environment:
      GREETING: \${GREETING}
      NODE: \${SPOT_TUI_NODE}
    volumes: ['data:/data']
  worker:
    image: \${WEB_IMAGE}
    volumes: ['data:/data']
    deploy:
      replicas: 2
    depends_on:
      seed:
        condition: service_completed_successfully
volumes:
  data: {}
`;

describe('compose stacks, with Compose 1 and 2', { skip: await skipReason() }, () => {
  let lab: Lab;
  let created: ProgramResult;
  let machines: readonly Machine[] = [];

  before(async () => {
    lab = await Lab.start([]);
    const begun = await lab.spotTui(['init', '--template', 'compose']);
    assert.equal(begun.exitCode, 0, begun.stderr + begun.stdout);
    const starter: Configuration = parse(
      await readFile(path.join(lab.folder, 'config.yaml'), 'utf8'),
    );
    await lab.writeConfiguration({
      ...starter,
      deployment: 'lab',
      aws: {
        ...starter.aws,
        username: 'debian',
        public_ssh_key_path: 'key.pub',
        private_ssh_key_path: 'key',
        ssh_allowed_cidrs: ['10.99.0.0/16'],
      },
      regions: [bookwormRegion, trixieRegion].map((region) => ({
        [region]: { machine_type: 't3.medium' },
      })),
      // The lab's machines have no curl, and no image but stand-ins.
      checks: [{ name: 'web server answers', command: 'busybox wget -qO- http://localhost/' }],
      images: { web: 'spot-tui-lab/sensor:stand-in' },
      timeouts: { verifying: '60s' },
      settle_time: '2s',
    });
    await lab.edit('compose/compose.yaml', (text) =>
      text.replace(
        "    restart: 'no'\n",
        `    restart: 'no'
    entrypoint: ['/bin/sh', '-c', 'trap exit TERM; httpd -f -p 80 -h /usr/share/nginx/html & wait']
`,
      ),
    );
    await lab.write('compose/jobs/docker-compose.yml', jobs);
    await lab.write('compose/jobs/.env', 'GREETING=hello\n');
    created = await lab.spotTui(['create', '--ci', '--json']);
    machines = lab.hypervisor.machines;
  });

  after(async () => {
    await lab.close();
  });

  const invocationsOf = (machine: Machine): Promise<string> =>
    machine.read('systemctl show --property=InvocationID --value compose.service compose-jobs');
  const page = (machine: Machine): Promise<string> =>
    machine.read('busybox wget -qO- http://localhost/');
  const isWell = async (): Promise<void> => {
    const { exitCode, stdout } = await lab.spotTui(['doctor', '--json']);
    assert.equal(exitCode, 0, stdout);
  };

  it('the starter becomes ready beside a stack with a service that ends', async () => {
    assert.equal(created.exitCode, 0, created.stderr + created.stdout);
    assert.equal(created.lines.at(-1)?.ready, 2);
    const names = await Promise.all(
      machines.map((machine) =>
        machine.read('docker ps --format "{{.Names}}" | sort | paste -sd " "'),
      ),
    );
    assert.deepEqual(names.sort(), [
      'compose-web-1 jobs-worker-1 jobs-worker-2',
      'compose_web_1 jobs_worker_1 jobs_worker_2',
    ]);
  });

  it('each node has its own values, in templates and in variables', async () => {
    for (const machine of machines) {
      const node = nodeOf(created.lines, machine.instanceId);
      assert.match(await page(machine), new RegExp(`Hello from ${node}\\b`));
      assert.equal(
        await machine.read('cat /var/lib/docker/volumes/jobs_data/_data/seeded'),
        `hello ${node}`,
      );
    }
  });

  it('has units that systemd finds nothing wrong with', async () => {
    await Promise.all(machines.map(assertAcceptable));
  });

  it('push without a change bounces nothing', async () => {
    const before = await Promise.all(machines.map(runsOf));
    const { exitCode, stdout, stderr } = await lab.spotTui(['push', '--ci', '--json']);
    assert.equal(exitCode, 0, stderr + stdout);
    assert.deepEqual(await Promise.all(machines.map(runsOf)), before);
  });

  it('push restarts the stack that has changed, and no other', async () => {
    const before = await Promise.all(machines.map(invocationsOf));
    await lab.edit('compose/html/index.html.template', (text) => text.replace('Hello', 'Welcome'));
    const { exitCode, stdout, stderr } = await lab.spotTui(['push', '--ci', '--json']);
    assert.equal(exitCode, 0, stderr + stdout);
    for (const [index, machine] of machines.entries()) {
      assert.match(await page(machine), /Welcome/);
      const [web, worker] = (await invocationsOf(machine)).split(/\n+/);
      const [webBefore, workerBefore] = before[index]?.split(/\n+/) ?? [];
      assert.notEqual(web, webBefore);
      assert.equal(worker, workerBefore);
    }
  });

  it('a container that is killed fails its service, which starts again', async () => {
    await Promise.all(
      machines.map(async (machine) => {
        await machine.read('docker kill $(docker ps --quiet --filter name=worker.1)');
        await machine.waitFor('restart', async () => {
          const restarts = await machine.read(
            'systemctl show --property=NRestarts --value compose-jobs.service',
          );
          return restarts === '1';
        });
        await machine.waitFor('both workers', async () => {
          const workers = await machine.read('docker ps --quiet --filter name=worker | wc -l');
          return workers === '2';
        });
        assert.equal(
          await machine.read('systemctl show --property=NRestarts --value compose.service'),
          '0',
        );
      }),
    );
    await isWell();
  });

  it('all of it comes back by itself after a reboot', async () => {
    await Promise.all(
      machines.map(async (machine) => {
        await machine.reboot();
        await machine.waitFor('all containers', async () => {
          assert.match(await page(machine), /Welcome/);
          return (await machine.read('docker ps --quiet | wc -l')) === '3';
        });
      }),
    );
    await isWell();
  });

  it('a stack that is no longer there is removed, but for its volumes', async () => {
    await rm(path.join(lab.folder, 'compose/jobs'), { recursive: true });
    const { exitCode, stdout, stderr } = await lab.spotTui(['push', '--ci', '--json']);
    assert.equal(exitCode, 0, stderr + stdout);
    for (const machine of machines) {
      assert.match(
        await machine.read('docker ps --all --format "{{.Names}}"'),
        /^compose[-_]web[-_]1$/,
      );
      await machine.read('docker volume inspect jobs_data');
      assert.equal((await machine.run('test -e /opt/uploaded_files/compose/jobs')).exitCode, 1);
    }
  });
});
