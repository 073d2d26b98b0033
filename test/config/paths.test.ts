import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { builtInConfig } from '../../source/config/built-in.ts';
import { formatIssue } from '../../source/config/issue.ts';
import { loadConfig } from '../../source/config/load.ts';
import { checkPaths } from '../../source/config/paths.ts';
import { temporaryFolder } from './temporary-config.ts';

const run = promisify(execFile);

/** Lines of `checkPaths` for settings under `aws`; FOLDER stands for the folder of the file. */
const issuesOf = async (folder: string, settings: readonly string[]): Promise<string[]> => {
  const text = ['regions: [us-west-2]', 'aws:', ...settings.map((line) => `  ${line}`), ''];
  await writeFile(path.join(folder, 'config.yaml'), text.join('\n'));
  const { config, issueAt } = await loadConfig('config.yaml', {
    environment: { HOME: folder },
    workingDirectory: folder,
  });
  return (await checkPaths(config, issueAt)).map((issue) =>
    formatIssue(issue).replaceAll(folder, 'FOLDER'),
  );
};

/** Each key is in a file named after its type. */
const folderWithKeys = async (t: TestContext, ...types: readonly string[]): Promise<string> => {
  const folder = await temporaryFolder(t);
  for (const type of types) {
    const length = type === 'rsa' ? ['-b', '2048'] : [];
    await run('ssh-keygen', ['-q', '-t', type, ...length, '-N', '', '-f', path.join(folder, type)]);
  }
  return folder;
};

test('nothing to say about keys and payload that are there', async (t) => {
  const folder = await folderWithKeys(t, 'ed25519', 'rsa');
  await mkdir(path.join(folder, 'scripts'));
  await writeFile(path.join(folder, 'scripts/start.sh'), '#!/bin/sh\n');
  assert.deepEqual(
    await issuesOf(folder, [
      'private_ssh_key_path: ~/ed25519',
      'scripts_directory: scripts',
      'startup_script: scripts/start.sh',
    ]),
    [],
  );
  assert.deepEqual(
    await issuesOf(folder, ['private_ssh_key_path: rsa', 'public_ssh_key_path: rsa.pub']),
    [],
  );
  assert.deepEqual(await issuesOf(folder, ['ssh_key_name: in-ec2']), []);
});

test('keys that are missing, swapped, or none', async (t) => {
  const folder = await folderWithKeys(t, 'ed25519');
  await writeFile(path.join(folder, 'notes'), 'not a key\n', { mode: 0o600 });
  await writeFile(path.join(folder, 'false.pub'), 'ssh-ed25519 AAAA\n');
  await mkdir(path.join(folder, 'folder'));
  const make = 'make one with `ssh-keygen -t ed25519`';
  for (const [settings, lines] of [
    [
      ['private_ssh_key_path: nowhere'],
      [
        `config.yaml:3:3 aws.public_ssh_key_path: can't use the key FOLDER/nowhere.pub: there is no such file or folder; ${make}`,
        `config.yaml:3:25 aws.private_ssh_key_path: can't use the key FOLDER/nowhere: there is no such file or folder; ${make}`,
      ],
    ],
    [
      ['public_ssh_key_path: ed25519', 'private_ssh_key_path: ed25519.pub'],
      [
        'config.yaml:3:24 aws.public_ssh_key_path: expected a public key, but FOLDER/ed25519 holds a private one; name the file that ends in .pub',
        'config.yaml:4:25 aws.private_ssh_key_path: expected a private key, but FOLDER/ed25519.pub holds a public one; name the file without .pub',
      ],
    ],
    [
      ['public_ssh_key_path: notes', 'private_ssh_key_path: notes'],
      [
        'config.yaml:3:24 aws.public_ssh_key_path: expected one line such as "ssh-ed25519 AAAA… name" in FOLDER/notes, it is no public key of OpenSSH',
        'config.yaml:4:25 aws.private_ssh_key_path: expected a private key such as ssh-keygen makes, FOLDER/notes holds none',
      ],
    ],
    [
      ['public_ssh_key_path: false.pub'],
      [
        'config.yaml:3:24 aws.public_ssh_key_path: expected one line such as "ssh-ed25519 AAAA… name" in FOLDER/false.pub, it is no public key of OpenSSH',
      ],
    ],
    [
      ['public_ssh_key_path: folder'],
      ['config.yaml:3:24 aws.public_ssh_key_path: expected a file, but FOLDER/folder is none'],
    ],
    [
      ['username: me'],
      [
        'config.yaml:3:3 aws.public_ssh_key_path: expected this or ssh_key_name, got neither: nobody could log in to the nodes',
      ],
    ],
  ] as const) {
    assert.deepEqual(await issuesOf(folder, settings), lines);
  }
});

test('a type of key that EC2 does not import', async (t) => {
  const folder = await folderWithKeys(t, 'ecdsa');
  assert.deepEqual(await issuesOf(folder, ['public_ssh_key_path: ecdsa.pub']), [
    'config.yaml:3:24 aws.public_ssh_key_path: EC2 takes no ecdsa-sha2-nistp256 key, only ssh-ed25519 and ssh-rsa: FOLDER/ecdsa.pub; make one with `ssh-keygen -t ed25519`',
  ]);
  assert.deepEqual(
    await issuesOf(folder, ['public_ssh_key_path: ecdsa.pub', 'ssh_key_name: in-ec2']),
    [],
  );
});

test('a private key that ssh would refuse to use', async (t) => {
  const folder = await folderWithKeys(t, 'ed25519');
  await chmod(path.join(folder, 'ed25519'), 0o644);
  assert.deepEqual(await issuesOf(folder, ['private_ssh_key_path: ed25519']), [
    'config.yaml:3:25 aws.private_ssh_key_path: others may read FOLDER/ed25519, so that ssh refuses it; run `chmod 600` on it',
  ]);
});

test('a payload that is missing, empty, or of the wrong kind: all of it at once', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(path.join(folder, 'empty'));
  await writeFile(path.join(folder, 'file'), '');
  assert.deepEqual(
    await issuesOf(folder, [
      'ssh_key_name: in-ec2',
      'files_directory: missing',
      'scripts_directory: empty',
      'config_directory: file',
      'units_directory: file/below',
      'startup_script: empty',
      'additional_commands_script: missing',
      'cloud_init_template: missing',
      'bacalhau_config_template: missing',
      'docker_compose_template: file',
    ]),
    [
      "config.yaml:4:20 aws.files_directory: can't use the folder FOLDER/missing: there is no such file or folder",
      'config.yaml:5:22 aws.scripts_directory: expected files in FOLDER/empty, but the folder is empty',
      'config.yaml:6:21 aws.config_directory: expected a folder, but FOLDER/file is a file',
      "config.yaml:7:20 aws.units_directory: can't use the folder FOLDER/file/below: something in its path is a file instead of a folder",
      'config.yaml:8:19 aws.startup_script: expected a file, but FOLDER/empty is a folder',
      "config.yaml:9:31 aws.additional_commands_script: can't use the file FOLDER/missing: there is no such file or folder",
      "config.yaml:10:24 aws.cloud_init_template: can't use the file FOLDER/missing: there is no such file or folder",
      "config.yaml:11:29 aws.bacalhau_config_template: can't use the file FOLDER/missing: there is no such file or folder",
    ],
  );
});

test('without a file an issue names the key alone', async (t) => {
  const folder = await temporaryFolder(t);
  const issues = await checkPaths(
    builtInConfig({
      templatesFolder: folder,
      publicKeyPath: path.join(folder, 'key.pub'),
      privateKeyPath: path.join(folder, 'key'),
    }),
  );
  assert.equal(
    formatIssue(issues[2] ?? { message: '' }),
    `aws.scripts_directory: can't use the folder ${folder}/deployments/bacalhau/scripts: there is no such file or folder`,
  );
});
