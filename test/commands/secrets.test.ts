import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { startSecretEndpoint } from '../ec2/secret-endpoint.ts';
import { type ProgramResult, User } from './program.ts';

const run = promisify(execFile);

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const unit = (name: string, more = '') =>
  `[Service]\n${more}ExecStart=/opt/uploaded_files/scripts/${name}.sh\n[Install]\nWantedBy=multi-user.target\n`;

/** Two services, of which one uses a secret. */
const writeDeployment = async (user: User, secrets: readonly string[]) => {
  await user.write(
    'config.yaml',
    [
      'deployment: fleet',
      'settle_time: 0s',
      'aws:',
      '  total_instances: 1',
      '  scripts_directory: scripts',
      '  units_directory: services',
      '  config_directory: config',
      '  private_ssh_key_path: id_ed25519',
      'regions: [us-west-2]',
      'secrets:',
      ...secrets.map((line) => `  ${line}`),
      '',
    ].join('\n'),
  );
  for (const name of ['web', 'other']) {
    await user.write(`scripts/${name}.sh`, '#!/bin/sh\nexec sleep 100000\n');
    await chmod(path.join(user.folder, `scripts/${name}.sh`), 0o755);
  }
  await user.write(
    'services/web.service',
    unit('web', 'EnvironmentFile=/opt/uploaded_files/config/web.env\n'),
  );
  await user.write('services/other.service', unit('other'));
  await user.write('config/web.env.template', 'TOKEN="{{secret.token}}"\nPASS="{{secret.pass}}"\n');
};

const secretFile = async (user: User, content: string) => {
  await user.write('secrets/token', content);
  await chmod(path.join(user.folder, 'secrets/token'), 0o600);
};

/** All that is kept of a user but the disks of nodes. */
const filesOutsideOfNodes = async (folder: string): Promise<string[]> => {
  const found: string[] = [];
  for (const each of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, each.name);
    if (each.isFile()) found.push(file);
    else if (each.isDirectory() && each.name !== 'nodes') {
      found.push(...(await filesOutsideOfNodes(file)));
    }
  }
  return found;
};

suite('secrets of a fleet in the sandbox', () => {
  const sandbox = ['--sandbox', '--json'];
  /** Values that nothing may show. */
  const values = ['hunter2-first', 'hunter2-second', 'hunter2-pass'];
  const environment = { PASS: 'hunter2-pass' };
  const results: ProgramResult[] = [];
  let user: User;

  const call = async (words: readonly string[], own: NodeJS.ProcessEnv = environment) => {
    const result = await user.run(words, { environment: own });
    results.push(result);
    return result;
  };
  const onNode = async (command: string) => {
    const { status, stdout, stderr } = await call(['exec', '--sandbox', '--', command]);
    assert.equal(status, 0, stdout + stderr);
    return stdout;
  };
  /** Of the services' processes: another one after a restart. */
  const processes = async () => {
    const found = await onNode('systemctl show --property=MainPID web.service other.service');
    return [...found.matchAll(/MainPID=(\d+)/g)].map(([, id]) => id);
  };

  before(async () => {
    user = await User.create();
    await writeDeployment(user, [
      'token: file:secrets/token',
      'pass: env:PASS',
      'far: ssm:/fleet/far',
      'db: secretsmanager:fleet/db#password',
      'missing: env:MISSING',
    ]);
    await secretFile(user, 'hunter2-first\n');
    const created = await call(['create', '--sandbox=fast', '--json', '--debug']);
    assert.equal(created.status, 0, created.stdout + created.stderr);
  });
  after(() => user.remove());

  test('are files on the node that only their owner reads, and fill in templates', async () => {
    const folder = '/opt/uploaded_files/secrets';
    const found = await onNode(
      `stat -c '%a %n' ${folder} ${folder}/* /opt/uploaded_files/config/web.env; sha256sum ${folder}/* /opt/uploaded_files/config/web.env`,
    );
    for (const line of [
      `700 ${folder}`,
      ...['db', 'far', 'missing', 'pass', 'token'].map((name) => `600 ${folder}/${name}`),
      '600 /opt/uploaded_files/config/web.env',
      `${sha256('hunter2-first\n')}  ${folder}/token`,
      `${sha256('hunter2-pass')}  ${folder}/pass`,
      `${sha256('sandbox-fleet/far')}  ${folder}/far`,
      `${sha256('sandbox-fleet/db#password')}  ${folder}/db`,
      `${sha256('sandbox-missing')}  ${folder}/missing`,
      `${sha256('TOKEN="hunter2-first"\nPASS="hunter2-pass"\n')}  /opt/uploaded_files/config/web.env`,
    ]) {
      assert.ok(found.split('\n').includes(line), `${line}\n${found}`);
    }
  });

  test('have stand-ins in the sandbox, and the warning says so', () => {
    const [created] = results;
    assert.match(
      created?.stderr ?? '',
      /^warning: config\.yaml:15:12 secrets\.missing: can't read env:MISSING: MISSING is not set; in the sandbox it is "sandbox-missing"$/m,
    );
    assert.doesNotMatch(created?.stderr ?? '', /secrets\.(?:token|pass|far|db)/);
  });

  test('reach nodes by a push once they have changed, and restart what uses them', async () => {
    const before = await processes();
    assert.equal((await call(['push', ...sandbox])).status, 0);
    assert.deepEqual(await processes(), before);

    await secretFile(user, 'hunter2-second\n');
    const { status, stdout, stderr } = await call(['push', ...sandbox]);
    assert.equal(status, 0, stdout + stderr);
    const [web, other] = await processes();
    assert.notEqual(web, before[0]);
    assert.equal(other, before[1]);
    assert.match(
      await onNode('sha256sum /opt/uploaded_files/secrets/token'),
      new RegExp(sha256('hunter2-second\n')),
    );
  });

  test('are named by validate, and nothing else is told of them', async () => {
    const { status, stdout } = await call(['validate', '--sandbox']);
    assert.equal(status, 0, stdout);
    assert.match(stdout, /^✔ secrets: token, pass, far, db, missing$/m);
    const { findings } = JSON.parse((await call(['validate', ...sandbox])).stdout);
    assert.ok(
      findings.some(
        ({ name, detail }: { name: string; detail: string }) =>
          name === 'secrets' && detail === 'token, pass, far, db, missing',
      ),
    );
  });

  test('are not looked up by what sends none', async () => {
    await rm(path.join(user.folder, 'secrets'), { recursive: true });
    const dry = await call(['create', '--dry-run', '--sandbox'], {});
    assert.equal(dry.status, 0, dry.stderr);
    assert.doesNotMatch(dry.stderr, /secrets/);
    for (const words of [[], ['list'], ['doctor'], ['configure'], ['logs', 'us-west-2-1']]) {
      const { status, stdout, stderr } = await call([...words, ...sandbox], {});
      assert.equal(status, 0, `${words}: ${stdout}${stderr}`);
      assert.doesNotMatch(stderr, /secrets/, words.join(' '));
    }
  });

  test('are in nothing that is printed or kept', async () => {
    const files = await filesOutsideOfNodes(user.home);
    assert.ok(
      files.some((file) => file.includes('/runs/fleet@sandbox/')),
      files.join('\n'),
    );
    const contents = await Promise.all(
      files.map(async (file) => {
        const content = await readFile(file);
        return (file.endsWith('.gz') ? gunzipSync(content) : content).toString('latin1');
      }),
    );
    assert.ok(
      contents.some((content) => content.includes('sha256sum /opt/uploaded_files/secrets')),
    );
    for (const value of values) {
      assert.deepEqual(
        files.filter((_, index) => contents[index]?.includes(value)),
        [],
      );
      for (const { stdout, stderr } of results) assert.ok(!`${stdout}${stderr}`.includes(value));
    }
  });
});

suite('secrets that can not be used', () => {
  let user: User;

  before(async () => {
    user = await User.create();
    await run('ssh-keygen', [
      ...['-q', '-t', 'ed25519', '-N', ''],
      ...['-f', path.join(user.folder, 'id_ed25519')],
    ]);
    await writeDeployment(user, [
      'token: file:secrets/token',
      'pass: env:PASS',
      'far: ssm:/fleet/far',
      'db: secretsmanager:fleet/db#password',
    ]);
  });
  after(() => user.remove());

  test('are all named before anything is launched', async (context) => {
    const { requests, url } = await startSecretEndpoint(context, ({ target }) =>
      target.startsWith('AmazonSSM')
        ? { code: 'AccessDeniedException', message: 'User is not authorized' }
        : { result: { SecretString: '{"pasword":"hunter2"}' } },
    );
    const environment = {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
    };
    for (const command of ['create', 'push']) {
      const words = [command, '--json', '--yes', '--debug'].filter(
        (word) => command === 'create' || word !== '--yes',
      );
      const { status, stdout, stderr } = await user.run(words, { environment });
      assert.equal(status, 3, stdout + stderr);
      const [token, pass, far, db, more] = stderr.split('\n');
      assert.match(
        token ?? '',
        /^config\.yaml:11:10 secrets\.token: can't read file:secrets\/token: there is no such file or folder\. Put the secret into \S+\/secrets\/token/,
      );
      assert.match(
        pass ?? '',
        /^config\.yaml:12:9 secrets\.pass: can't read env:PASS: PASS is not set/,
      );
      assert.match(
        far ?? '',
        /^config\.yaml:13:8 secrets\.far: us-west-2: can't read ssm:\/fleet\/far: User is not authorized \(AccessDeniedException\)\. Ask for the permission ssm:GetParameter/,
      );
      assert.match(
        db ?? '',
        /^config\.yaml:14:7 secrets\.db: us-west-2: can't use secretsmanager:fleet\/db#password: it is no JSON object with the key "password"/,
      );
      assert.equal(more, 'More: spot-tui explain secrets');
      assert.equal(stdout, '');
      assert.doesNotMatch(stderr, /hunter2/);
    }
    const targets = new Set(requests.map(({ target }) => target));
    assert.deepEqual([...targets].toSorted(), [
      'AmazonSSM.GetParameter',
      'secretsmanager.GetSecretValue',
    ]);
  });

  test('are findings of validate, each with its place', async (context) => {
    const { url } = await startSecretEndpoint(context, () => ({ code: 'ParameterNotFound' }));
    await writeDeployment(user, ['token: file:secrets/token', 'pass: ssm:pass']);
    const { status, stdout } = await user.run(['validate'], {
      environment: {
        AWS_ENDPOINT_URL_SSM: url,
        AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
        AWS_MAX_ATTEMPTS: '1',
        AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'secret',
      },
    });
    assert.equal(status, 2, stdout);
    assert.match(stdout, /^✖ secrets: config\.yaml:11:10 secrets\.token: can't read file:/m);
    assert.match(
      stdout,
      /^✖ secrets: config\.yaml:12:9 secrets\.pass: us-west-2: can't read ssm:pass: ParameterNotFound\. Correct the name/m,
    );
  });
});

test('the clients for them are loaded only where they are used', async () => {
  const user = await User.create();
  try {
    const hook = path.join(user.folder, 'hook.mjs');
    await user.write(
      'hook.mjs',
      `import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
registerHooks({
  load(url, context, next) {
    appendFileSync(process.env.LOADED, url + '\\n');
    return next(url, context);
  },
});
`,
    );
    const clientsOf = async (secrets: readonly string[]) => {
      await writeDeployment(user, secrets);
      const LOADED = path.join(user.folder, 'loaded');
      await rm(LOADED, { force: true });
      const { status, stdout, stderr } = await user.run(['validate', '--sandbox=fast'], {
        environment: { NODE_OPTIONS: `--import=${hook}`, LOADED },
      });
      assert.equal(status, 0, stdout + stderr);
      const loaded = await readFile(LOADED, 'utf8');
      assert.match(loaded, /dist\/chunks\/fleet-commands-/);
      return [...loaded.matchAll(/(?<=chunks\/)(?:parameter-store|secrets-manager)/g)].flat();
    };
    const own = ['token: file:secrets/token', 'pass: env:PASS'];
    await secretFile(user, 'hunter2');
    assert.deepEqual(await clientsOf(own), []);
    assert.deepEqual(await clientsOf([...own, 'far: ssm:far']), ['parameter-store']);
    assert.deepEqual(await clientsOf([...own, 'db: secretsmanager:db']), ['secrets-manager']);
  } finally {
    await user.remove();
  }
});
