import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { Cloud, obstacle, type TestNode } from './cloud.ts';

suite('docker on a sandbox node', { skip: obstacle }, () => {
  let cloud: Cloud;
  let node: TestNode;

  before(async () => {
    cloud = await Cloud.open();
    node = await cloud.launch();
    await node.booted();
    await node.read('sudo usermod -aG docker ubuntu');
    await node.connect();
  });
  after(async () => {
    node.disconnect();
    await cloud.close();
  });

  test('pulls, shows and removes images', async () => {
    assert.equal(await node.read('docker version --format "{{.Server.Version}}"'), '27.5.1');
    await node.read('docker pull --quiet ghcr.io/acme/app:1.0');
    assert.equal(
      await node.read('docker images --format "{{.Repository}}:{{.Tag}}"'),
      'ghcr.io/acme/app:1.0',
    );
    assert.equal(
      await node.read("docker image inspect --format '{{index .RepoTags 0}}' ghcr.io/acme/app:1.0"),
      'ghcr.io/acme/app:1.0',
    );
    const missing = await node.run('docker image inspect nothing');
    assert.deepEqual(
      [missing.code, missing.stdout, missing.stderr],
      [1, '[]\n', 'Error: No such image: nothing\n'],
    );
    assert.match((await node.run('docker pull registry.invalid/x')).stderr, /no such host/);
    assert.match((await node.run('docker pull "Not A Name"')).stderr, /invalid reference format/);
    await node.read('docker rmi ghcr.io/acme/app:1.0');
  });

  test('runs containers, filters and formats them', async () => {
    await node.read('docker run -d --name one --label role=web -p 80:80 nginx');
    await node.read('docker run -d --name two busybox sleep 5');
    await node.read('docker stop two');
    assert.equal(
      await node.read('docker ps --format "{{.Names}} {{.Image}} {{.State}}"'),
      'one nginx running',
    );
    assert.equal(await node.read('docker ps -a -q --filter name=two --no-trunc | wc -c'), '65');
    assert.equal(JSON.parse(await node.read("docker ps --format '{{json .}}'")).Names, 'one');
    assert.equal(await node.read('docker ps --filter label=role=web --format json | wc -l'), '1');
    assert.equal(
      await node.read("docker inspect -f '{{.State.Running}} {{json .State.ExitCode}}' one two"),
      'true 0\nfalse 0',
    );
    assert.match(await node.read('docker ps'), /^CONTAINER ID\s+IMAGE[\s\S]*Up /);
    assert.match(await node.read('docker logs one'), /stand-in/);
    await node.read('docker rm -f one two');
    assert.equal(await node.read('docker ps -aq'), '');
    assert.match((await node.run('docker build .')).stderr, /not simulated/);
  });

  test('compose brings a project up and down', async () => {
    await node.run(
      'mkdir -p app && cat > app/compose.yaml',
      `services:
  web:
    image: \${IMAGE:-nginx}:\${TAG:?say which}
    restart: unless-stopped
    healthcheck: { test: [CMD, 'true'] }
  db:
    image: postgres
    container_name: database
  debug:
    image: busybox
    profiles: [debug]
`,
    );
    const unset = await node.run('cd app && docker compose up -d');
    assert.match(unset.stderr, /required variable TAG is missing a value: say which/);
    await node.read('echo TAG=1.27 > app/.env; cd app && docker compose up -d');
    assert.equal(
      await node.read('docker ps --format "{{.Names}} {{.Image}}" | sort'),
      'app-web-1 nginx:1.27\ndatabase postgres',
    );
    assert.match(
      await node.read('docker ps --filter name=web --format "{{.Status}}"'),
      /\(healthy\)$/,
    );
    assert.equal(await node.read('cd app && docker compose ps --services | sort'), 'db\nweb');
    await node.read('cd app && docker-compose down');
    assert.equal(await node.read('docker ps -aq'), '');
    assert.match((await node.run('docker compose up -d')).stderr, /no configuration file provided/);
    await node.run('cat > broken.yaml', 'services:\n  x: [');
    assert.match((await node.run('docker compose -f broken.yaml up -d')).stderr, /yaml: /);
  });

  test('compose merges files, starts replicas and profiles, and lets services end', async () => {
    const names = () => node.read('docker ps --format "{{.Names}}" | sort');
    await node.run(
      'mkdir -p site && cat > site/compose.yaml',
      `services:
  web:
    image: nginx
    deploy: { replicas: 2 }
    depends_on: { seed: { condition: service_completed_successfully } }
  seed: { build: . }
  extra: { image: busybox, profiles: [extra] }
`,
    );
    await node.run(
      'cat > site/compose.override.yaml',
      'services: { extra: { container_name: own } }\n',
    );
    await node.read('echo COMPOSE_PROFILES=extra > site/.env');
    await node.read('cd site && docker compose build && docker compose up -d');
    assert.equal(await names(), 'own\nsite-web-1\nsite-web-2');
    assert.match(
      await node.read('docker ps -a --filter name=seed --format "{{.Status}}"'),
      /^Exited \(0\)/,
    );
    await node.read(
      "sed -i 's/replicas: 2/replicas: 1/' site/compose.yaml; cd site && docker compose up -d",
    );
    assert.equal(await names(), 'own\nsite-web-1');
    await node.read('cd site && docker compose down');
  });

  test('curl is answered at ports that containers publish', async () => {
    await node.read('docker run -d --name published -p 8080:80 nginx');
    assert.match(await node.read('curl -sf http://localhost:8080/x'), /stand-in/);
    assert.equal(await node.read('curl -sf -o /dev/null http://127.0.0.1:8080'), '');
    assert.notEqual((await node.run('curl -sf http://localhost:8081/')).code, 0);
    await node.read('docker rm -f published');
    assert.notEqual((await node.run('curl -sf http://localhost:8080/')).code, 0);
  });

  test('compose in the foreground lasts until it is stopped, or a container ends', async () => {
    const { outcome } = await node.exec(
      'cd app && exec docker compose up --abort-on-container-exit',
    );
    await node.until('docker ps --format "{{.Names}}" | grep -qx database');
    await node.read('docker kill database');
    const { code, stdout } = await outcome;
    assert.equal(code, 137);
    assert.match(stdout, /Attaching to app-web-1, database[\s\S]*database exited with code 137/);

    const second = await node.exec('cd app && exec docker compose up');
    await node.until('docker ps --format "{{.Names}}" | grep -qx database');
    second.channel.signal('TERM');
    assert.equal((await second.outcome).signal, 'SIGTERM');
    await node.until('test -z "$(docker ps -q)"');
  });

  test('says when its daemon is down, and what comes back with it', async () => {
    await node.read(
      'docker run -d --name stays --restart always nginx; docker run -d --name goes nginx',
    );
    await node.read('sudo systemctl stop docker');
    const down = await node.run('sudo docker ps');
    assert.equal(down.code, 1);
    assert.match(down.stderr, /Cannot connect to the Docker daemon/);
    await node.read('sudo systemctl start docker');
    assert.equal(await node.read('docker ps --format "{{.Names}}"'), 'stays');
  });
});
