import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { lines, User } from './program.ts';

suite('compose stacks in the sandbox', () => {
  let user: User;

  before(async () => {
    user = await User.create();
    await user.write(
      'config.yaml',
      [
        'deployment: fleet',
        'settle_time: 0s',
        'aws: {total_instances: 1, compose_directory: compose}',
        'images: {web: registry.example.com/web:2}',
        'regions: [us-west-2]',
        '',
      ].join('\n'),
    );
    await user.write(
      'compose/compose.yaml.template',
      'services: {front: {image: "${WEB_IMAGE}", command: "{{node.name}} ${GREETING}"}}\n',
    );
    await user.write('compose/.env', 'GREETING=hello\nWEB_IMAGE=overruled\n');
    await user.write(
      'compose/jobs/docker-compose.yml',
      `services:
  seed: { build: . }
  worker:
    image: busybox
    deploy: { replicas: 2 }
    depends_on: { seed: { condition: service_completed_successfully } }
`,
    );
    const created = await user.run(['create', '--sandbox=fast', '--json']);
    assert.equal(created.status, 0, created.stderr + created.stdout);
    assert.equal(lines(created.stdout).at(-1)?.ready, 1);
  });
  after(() => user.remove());

  const onNode = async (command: string): Promise<string[]> => {
    const { status, stdout, stderr } = await user.run([
      ...['exec', 'us-west-2-1', '--sandbox', '--json', '--', command],
    ]);
    assert.equal(status, 0, stderr + stdout);
    return String(JSON.parse(stdout).nodes[0].output).split('\n');
  };
  const runs = (): Promise<string[]> =>
    onNode(
      'for unit in compose compose-jobs; do systemctl show --property=InvocationID --value $unit; done',
    );
  const push = async (): Promise<void> => {
    const { status, stdout, stderr } = await user.run(['push', '--sandbox', '--json']);
    assert.equal(status, 0, stderr + stdout);
  };

  test('have their containers, with images of the configuration and what the node is', async () => {
    const format = '{{.Names}} {{.Image}} {{.Command}}';
    assert.deepEqual(await onNode(`sudo docker ps --no-trunc --format '${format}' | sort`), [
      'compose-front-1 registry.example.com/web:2 "us-west-2-1 hello"',
      'jobs-worker-1 busybox ""',
      'jobs-worker-2 busybox ""',
    ]);
  });

  test('are restarted by a push that changed them, and by no other', async () => {
    const [front, jobs] = await runs();
    await push();
    assert.deepEqual(await runs(), [front, jobs]);
    await user.write('compose/jobs/settings', 'new\n');
    await push();
    const [frontAfter, jobsAfter] = await runs();
    assert.equal(frontAfter, front);
    assert.notEqual(jobsAfter, jobs);
  });

  test('that are gone here are removed there', async () => {
    await rm(path.join(user.folder, 'compose/jobs'), { recursive: true });
    await push();
    assert.deepEqual(await onNode("sudo docker ps --all --format '{{.Names}}'"), [
      'compose-front-1',
    ]);
  });

  test('with a mistake are refused with file, line and column, before anything is sent', async () => {
    await user.write('compose/other/compose.yaml', 'services:\n  web: [nginx]\n');
    const { status, stdout, stderr } = await user.run(['push', '--sandbox', '--json']);
    assert.equal(status, 2);
    assert.match(
      stderr,
      /^spot-tui: compose_directory: \S*compose\/other\/compose\.yaml:2:8 services\.web: expected a map$/m,
    );
    assert.equal(stdout, '');
  });
});
