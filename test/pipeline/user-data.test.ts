import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it, test } from 'node:test';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { ConfigError } from '../../source/config/issue.ts';
import {
  buildUserData,
  loadUserDataTemplates,
  maximumUserDataSize,
  renderUserData,
} from '../../source/pipeline/user-data.ts';
import { sampleConfig } from '../config/sample-config.ts';

const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA someone@example';
const templates = await loadUserDataTemplates('templates');

const config = sampleConfig({
  deployment: 'demo',
  payload: {
    bacalhauNodeDirectory: '/srv/node',
    bacalhauDataDirectory: '/srv/data',
    images: {},
  },
});

const placeholder = (name: string): string => `$\{${name}}`;

/** The user data with some cloud-config of the user's, as cloud-init would see it. */
const render = (additions?: string, key: string | undefined = publicKey) => {
  const { userData, warnings } = renderUserData({
    config,
    templates,
    ...(key === undefined ? {} : { publicKey: key }),
    ...(additions === undefined ? {} : { additions: { file: 'own.yaml', text: additions } }),
  });
  return { userData, warnings, cloudConfig: parse(userData) };
};

const messageOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message;
  }
  return assert.fail('nothing was wrong');
};

describe('user data', () => {
  it('is cloud-config, far enough below what EC2 takes to leave room for more', () => {
    const { userData } = render();
    assert.ok(userData.startsWith('#cloud-config\n'));
    assert.ok(Buffer.byteLength(userData) < 14.5 * 1024, `${Buffer.byteLength(userData)} bytes`);
  });

  it('makes the login user with the key, whatever the image calls its own', () => {
    const { cloudConfig } = render();
    assert.equal(cloudConfig.user.name, 'ubuntu');
    assert.equal(cloudConfig.user.sudo, 'ALL=(ALL) NOPASSWD:ALL');
    assert.deepEqual(cloudConfig.users, ['default']);
    assert.deepEqual(cloudConfig.ssh_authorized_keys, [publicKey]);
  });

  it('leaves the keys to EC2 where there is no public key', () => {
    const { cloudConfig } = renderWithoutKey();
    assert.equal('ssh_authorized_keys' in cloudConfig, false);
  });

  it('carries the scripts without their comments, and they still say the same', async () => {
    const { cloudConfig } = render();
    const files = new Map<string, Record<string, string>>(
      cloudConfig.write_files.map((file: Record<string, string>) => [file.path, file]),
    );
    for (const name of ['prepare-node.sh', 'configure-services.sh', 'render-template.sh']) {
      const file = files.get(`/usr/local/lib/spot-tui/${name}`);
      assert.equal(file?.permissions, '0755');
      assert.equal(file.encoding, 'gz+b64');
      const script = gunzipSync(Buffer.from(file.content ?? '', 'base64')).toString();
      assert.match(script, /^#!\/bin\/sh\n/);
      assert.doesNotMatch(script.slice(2), /^\s*#/m);
      await promisify(execFile)('sh', ['-n', '-c', script]);
    }
    assert.equal(
      files.get('/usr/local/lib/spot-tui/settings.env')?.content,
      'SPOT_TUI_USER=ubuntu\nBACALHAU_NODE_DIRECTORY=/srv/node\nBACALHAU_DATA_DIRECTORY=/srv/data\n',
    );
    assert.match(
      files.get('/etc/systemd/system/configure-services.service')?.content ?? '',
      /^ExecStart=\/usr\/local\/lib\/spot-tui\/configure-services.sh$/m,
    );
  });

  it('prepares the node before anything else, and reports it after everything else', async () => {
    const { cloudConfig } = render('runcmd: [echo mine, [echo, theirs]]\n');
    const { runcmd } = cloudConfig;
    assert.match(runcmd[0], /prepare-node\.sh/);
    assert.deepEqual(runcmd.slice(1, 3), ['echo mine', ['echo', 'theirs']]);
    assert.equal(runcmd.length, 4);

    const root = await mkdtemp(path.join(tmpdir(), 'user-data-'));
    try {
      const end = (last: string) =>
        promisify(execFile)('sh', ['-c', `${last}\n${runcmd[3]}`], {
          env: { PATH: process.env.PATH, SPOT_TUI_ROOT: root },
        }).then(
          () => 0,
          (error: { code?: number }) => error.code,
        );
      assert.equal(await end('true'), 1);
      await promisify(execFile)('mkdir', ['-p', `${root}/var/lib/spot-tui`]);
      await writeFile(`${root}/var/lib/spot-tui/prepared`, '');
      assert.equal(await end('true'), 0);
      assert.equal(await end('(exit 3)'), 3);
    } finally {
      await rm(root, { recursive: true });
    }
  });

  it('never reboots a node', () => {
    assert.doesNotMatch(render().userData, /reboot|power_state/);
  });
});

const renderWithoutKey = (additions?: string) => {
  const { userData, warnings } = renderUserData({
    config,
    templates,
    ...(additions === undefined ? {} : { additions: { file: 'own.yaml', text: additions } }),
  });
  return { warnings, cloudConfig: parse(userData) };
};

describe("the configuration's own cloud-config", () => {
  it('is merged: lists appended, maps merged, the rest replaced', () => {
    const { cloudConfig, warnings } = render(
      [
        '#cloud-config',
        'packages: [jq]',
        'timezone: Europe/Berlin',
        'ssh_authorized_keys: [ssh-rsa AAAA other]',
        'write_files:',
        '  - path: /etc/motd',
        `    content: hello ${placeholder('username')}, $HOME and ${placeholder('HOME')}`,
      ].join('\n'),
    );
    assert.deepEqual(warnings, []);
    assert.deepEqual(cloudConfig.packages, ['jq']);
    assert.equal(cloudConfig.timezone, 'Europe/Berlin');
    assert.deepEqual(cloudConfig.ssh_authorized_keys, [publicKey, 'ssh-rsa AAAA other']);
    assert.deepEqual(cloudConfig.write_files.at(-1), {
      path: '/etc/motd',
      content: `hello ubuntu, $HOME and ${placeholder('HOME')}`,
    });
    assert.equal(cloudConfig.write_files.length, 6);
  });

  it('cannot reboot nodes', () => {
    const { cloudConfig, warnings } = render(
      [
        'power_state: {mode: reboot}',
        'package_reboot_if_required: true',
        'runcmd:',
        '  - reboot',
        '  - sudo shutdown -r now',
        '  - [systemctl, reboot]',
        '  - if [ -f /x ]; then init 6; fi',
        '  - echo "no reboot is needed, or halt"',
        '  - ./reboot-cleanup.sh',
      ].join('\n'),
    );
    assert.equal('power_state' in cloudConfig, false);
    assert.deepEqual(cloudConfig.runcmd.slice(1, -1), [
      'echo "no reboot is needed, or halt"',
      './reboot-cleanup.sh',
    ]);
    assert.equal(warnings.length, 3);
    assert.match(warnings[0] ?? '', /^own.yaml: left out power_state: it would reboot/);
    assert.match(
      warnings[2] ?? '',
      /^own.yaml: left out `reboot`, `sudo shutdown -r now`, .* of runcmd: /,
    );
  });

  it('of the old system keeps its own work, and leaves ours to us', async () => {
    const text = await readFile('test/pipeline/old-cloud-init.yaml', 'utf8');
    const { cloudConfig, warnings } = render(text);
    assert.deepEqual(cloudConfig.runcmd.slice(1, -1), [
      'apt update',
      `echo "${publicKey}" > /home/ubuntu/.ssh/authorized_keys`,
      'chown -R ubuntu:ubuntu /srv/data',
      'systemctl enable docker.service',
    ]);
    assert.deepEqual(cloudConfig.users, ['default']);
    assert.deepEqual(cloudConfig.ssh_authorized_keys, [publicKey]);
    assert.equal(cloudConfig.write_files.length, 5);
    assert.equal(cloudConfig.package_upgrade, true);
    assert.deepEqual(
      warnings.map((warning) => warning.replace(/^own.yaml: left out (.*?): .*$/, '$1')),
      [
        '/tmp/packed of write_files',
        `\`mkdir /tmp/exs\`, \`mv /tmp/exs/setup.sh /root/setup.sh\`, \`echo ${placeholder('bacalhau_config_file')} > //srv/node/config.yaml\`, 1 more of runcmd`,
        '`/root/setup.sh --all`, `chmod 0400 /srv/node/config.yaml` of runcmd',
        '`systemctl enable bacalhau.service` of runcmd',
        'power_state',
      ],
    );
  });

  it('does not lock anybody out where there is no key to write', () => {
    const { cloudConfig, warnings } = renderWithoutKey(
      [
        `users: [{name: "${placeholder('username')}", ssh_authorized_keys: ["${placeholder('public_ssh_key')}"]}]`,
        `runcmd: ['echo "${placeholder('public_ssh_key')}" > /home/x/.ssh/authorized_keys']`,
      ].join('\n'),
    );
    assert.equal(cloudConfig.runcmd.length, 2);
    assert.equal('ssh_authorized_keys' in cloudConfig, false);
    assert.equal(warnings.length, 1);
  });

  it('cannot take the place of what nodes need', () => {
    const { cloudConfig, warnings } = render(
      [
        'user: {name: admin}',
        'cloud_final_modules: []',
        'write_files:',
        '  - {path: /usr/local/lib/spot-tui/prepare-node.sh, content: x}',
        '  - {path: /home/ubuntu/x, content: x, owner: "ubuntu:ubuntu"}',
      ].join('\n'),
    );
    assert.equal(cloudConfig.user.name, 'ubuntu');
    assert.equal(warnings.length, 3);
    assert.equal(cloudConfig.write_files.length, 6);
    // Its owner is made only later.
    assert.equal(cloudConfig.write_files.at(-1).defer, true);
  });

  it('may say more about the login user, and bring other users', () => {
    const { cloudConfig } = render(
      'users: [default, {name: ubuntu, groups: "docker, lxd", gecos: Me}, {name: other}]\n',
    );
    assert.deepEqual(cloudConfig.users, ['default', { name: 'other' }]);
    assert.equal(cloudConfig.user.gecos, 'Me');
    assert.deepEqual(cloudConfig.user.groups, ['lxd']);
    assert.equal(cloudConfig.user.name, 'ubuntu');
  });

  it('is refused with the place where it is wrong', () => {
    assert.match(
      messageOf(() => render('runcmd:\n  - a: [\n')),
      /^own.yaml:\d+:\d+: /,
    );
    assert.match(
      messageOf(() => render('- a\n')),
      /^own.yaml:1:1: expected cloud-config: a map/,
    );
    assert.match(
      messageOf(() => render('#!/bin/sh\nreboot\n')),
      /^own.yaml: expected cloud-config/,
    );
    assert.match(
      messageOf(() => render('## template: jinja\n#cloud-config\n')),
      /Jinja/,
    );
  });

  it('is refused when it makes the user data too large', () => {
    const text = `write_files: [{path: /x, content: ${'x'.repeat(maximumUserDataSize)}}]\n`;
    assert.match(
      messageOf(() => render(text)),
      /^own.yaml: the user data is \d+ bytes long with it/,
    );
  });

  it('may be empty', () => {
    assert.equal(render('').userData, render().userData);
    assert.equal(render('#cloud-config\n').userData, render().userData);
  });

  it('that can not be read is named', async () => {
    const missing = { ...config, payload: { ...config.payload, cloudInitTemplate: '/none.yaml' } };
    await assert.rejects(
      buildUserData(missing, 'templates'),
      /^ConfigError: \/none.yaml: can't be read/,
    );
  });
});

const hasCloudInit = await promisify(execFile)('cloud-init', ['--version']).then(
  () => true,
  () => false,
);

test('cloud-init accepts the user data', {
  skip: hasCloudInit ? false : 'cloud-init is not installed here; the lab checks it on its nodes',
}, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'user-data-'));
  try {
    const file = path.join(folder, 'user-data');
    await writeFile(file, render().userData);
    await promisify(execFile)('cloud-init', ['schema', '--config-file', file]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
