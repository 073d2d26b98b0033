import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { StandInNode } from './stand-in-node.ts';

describe('run-compose.sh', () => {
  let node: StandInNode;
  beforeEach(async () => {
    node = await StandInNode.make();
    await node.write('opt/uploaded_files/compose/web/compose.yaml', 'services: {}\n');
    await node.write('var/lib/spot-tui/node.env', 'SPOT_TUI_NODE=us-west-2-1\n');
    await node.program(
      'docker',
      'echo "$(basename "$PWD") $SPOT_TUI_NODE ${WEB_IMAGE:-} $*" >>"$SPOT_TUI_ROOT/calls"',
    );
    await node.program('systemctl', 'echo "systemctl $*" >>"$SPOT_TUI_ROOT/calls"');
  });
  afterEach(() => node.remove());

  /** What is called, without the look for Compose; the script's status is 0. */
  const run = async (...args: string[]): Promise<string[]> => {
    await node.write('calls', '');
    const { status, stderr } = await node.run('run-compose.sh', { args });
    assert.equal(status, 0, stderr);
    return (await node.calls()).filter((call) => !/ (?:info|compose version)\b/.test(call));
  };

  it('stays with a stack in its folder, with images and the node’s values as variables', async () => {
    await node.write('opt/uploaded_files/config/images.env', 'WEB_IMAGE=registry/web:1\n# no\n');
    assert.deepEqual(await run('web', 'up'), [
      'web us-west-2-1 registry/web:1 compose --ansi never --project-name web up --no-color --quiet-pull --remove-orphans --abort-on-container-exit',
    ]);
  });

  it('runs the stack that lies directly in the directory', async () => {
    assert.deepEqual(await run('compose', 'ps', '--all'), [
      'compose us-west-2-1  compose --ansi never --project-name compose ps --all',
    ]);
  });

  it('waits for services that are meant to end before it stays with the others', async () => {
    assert.deepEqual(await run('web', 'up', 'api', 'worker'), [
      'web us-west-2-1  compose --ansi never --project-name web up --detach --quiet-pull --remove-orphans',
      'web us-west-2-1  compose --ansi never --project-name web up --no-color --abort-on-container-exit --no-deps --no-recreate api worker',
    ]);
  });

  it('shows what was said when one of these fails, and fails like it', async () => {
    await node.program(
      'docker',
      'case "$*" in *" logs "*) echo "seed: no database" ;; *--detach*) exit 3 ;; esac',
    );
    const { status, stdout } = await node.run('run-compose.sh', { args: ['web', 'up', 'api'] });
    assert.equal(status, 3);
    assert.match(stdout, /no database/);
  });

  it('builds anew only what has changed', async () => {
    const installed = 'var/lib/spot-tui/installed.sha256';
    const file = `${node.root}/opt/uploaded_files/compose/web/Dockerfile`;
    await node.write(installed, `aaaa  ${file}\nbbbb  /elsewhere\n`);
    const builds = async () =>
      (await run('web', 'up', '--build')).filter((call) => call.endsWith(' build')).length;
    assert.equal(await builds(), 1);
    assert.equal(await builds(), 0);
    await node.write(installed, `aaaa  ${file}\ncccc  /elsewhere\n`);
    assert.equal(await builds(), 0);
    await node.write(installed, `dddd  ${file}\n`);
    assert.equal(await builds(), 1);
  });

  it('tries a build again that has failed', async () => {
    await node.write('var/lib/spot-tui/installed.sha256', '');
    await node.program('docker', 'case "$*" in *" build") exit 4 ;; esac');
    const failed = await node.run('run-compose.sh', { args: ['web', 'up', '--build'] });
    assert.equal(failed.status, 4);
    assert.equal(await node.exists('var/lib/spot-tui/web.built'), false);
  });

  it('stops a stack, and removes one that is no longer enabled', async () => {
    assert.deepEqual((await run('web', 'leave')).slice(-2), [
      'systemctl is-enabled --quiet compose-web.service',
      'web us-west-2-1  compose --ansi never --project-name web stop',
    ]);
    await node.program('systemctl', 'exit 1');
    assert.match((await run('web', 'leave')).at(-1) ?? '', / down --remove-orphans$/);
  });

  it('removes its containers even where Compose can not read its files any more', async () => {
    await node.program('systemctl', 'exit 1');
    await node.program(
      'docker',
      `echo "docker $*" >>"$SPOT_TUI_ROOT/calls"
      case "$*" in *" down "*) exit 15 ;; "ps "*) printf 'one\\ntwo\\n' ;; esac`,
    );
    assert.deepEqual((await run('web', 'leave')).slice(-2), [
      'docker ps --all --quiet --filter label=com.docker.compose.project=web',
      'docker rm --force one two',
    ]);
  });

  it('goes past the docker command where it says where Compose is', async () => {
    const plugin = `${node.root}/plugin`;
    await node.write('plugin', '#!/bin/sh\necho "plugin $*" >>"$SPOT_TUI_ROOT/calls"\n', 0o755);
    await node.program('docker', `[ "$1" != info ] || echo "${plugin}"`);
    assert.match((await run('web', 'up'))[0] ?? '', /^plugin --ansi never --project-name web up /);
  });

  it('makes do with the older Compose', async () => {
    await node.program('docker', 'exit 1');
    await node.program('docker-compose', 'echo "docker-compose $*" >>"$SPOT_TUI_ROOT/calls"');
    assert.match((await run('web', 'up'))[0] ?? '', /^docker-compose --ansi never /);
  });
});
