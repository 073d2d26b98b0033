import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { commandTable } from '../source/commands/command-table.ts';

const checkout = fileURLToPath(new URL('../', import.meta.url));

/** GitHub gives every input as a text. */
const inputSchema = z.strictObject({ description: z.string(), default: z.string() });
const stepSchema = z.union([
  z.strictObject({ uses: z.string(), with: z.record(z.string(), z.string()) }),
  z.strictObject({
    name: z.string(),
    shell: z.literal('bash'),
    'working-directory': z.string().optional(),
    env: z.record(z.string(), z.string()),
    run: z.string(),
  }),
]);
const actionSchema = z.strictObject({
  name: z.string(),
  description: z.string(),
  inputs: z.record(z.string(), inputSchema),
  runs: z.strictObject({ using: z.literal('composite'), steps: z.array(stepSchema) }),
});

const action = actionSchema.parse(parse(await readFile(`${checkout}action.yml`, 'utf8')));
const scripts = action.runs.steps.flatMap((step) => ('run' in step ? [step] : []));

type Result = { readonly status: number | null; readonly output: string; readonly summary: string };

/** A runner of GitHub's: its folders, and a repository that is checked out. */
let runner: string;
const folder = (name: string): string => path.join(runner, name);

before(async () => {
  runner = await mkdtemp(path.join(tmpdir(), 'spot-tui-runner-'));
  for (const name of ['home', 'temp', 'repository/fleet', 'bin']) {
    await mkdir(folder(name), { recursive: true });
  }
  await writeFile(folder('path'), '');
  // A copy of the checkout, as it is: nothing comes from a registry.
  const { status, output } = await runStep(
    install,
    { version: `file:${checkout}` },
    {
      npm_config_install_links: 'true',
      npm_config_offline: 'true',
      npm_config_update_notifier: 'false',
    },
  );
  assert.equal(status, 0, output);
});

after(async () => {
  await run({ command: 'sandbox', args: 'stop' });
  await rm(runner, { recursive: true, force: true });
});

/** What an expression of the action stands for; there are only these two kinds. */
const expand = (text: string, inputs: Readonly<Record<string, string>>): string =>
  text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
    if (expression === 'github.action_path') return checkout;
    const name = expression.replace(/^inputs\./, '');
    const value = inputs[name] ?? action.inputs[name]?.default;
    assert.ok(value !== undefined, `unknown: ${expression}`);
    return value;
  });

/** Runs a script as the runner does: from a file, with `-e` and `pipefail`. */
const runScript = async (file: string, cwd: string, env: NodeJS.ProcessEnv) => {
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, output };
};

/** Runs a step of the action, with these inputs. */
const runStep = async (
  step: (typeof scripts)[number],
  inputs: Readonly<Record<string, string>>,
  environment: NodeJS.ProcessEnv = {},
): Promise<Result> => {
  const added = (await readFile(folder('path'), 'utf8')).split('\n').filter((line) => line !== '');
  const file = folder('temp/step.sh');
  await writeFile(file, expand(step.run, inputs));
  await writeFile(folder('summary'), '');
  const cwd = path.resolve(folder('repository'), expand(step['working-directory'] ?? '.', inputs));
  const { status, output } = await runScript(file, cwd, {
    PATH: [...added, path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
    HOME: folder('home'),
    LANG: 'C.UTF-8',
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_PATH: folder('path'),
    GITHUB_STEP_SUMMARY: folder('summary'),
    RUNNER_TEMP: folder('temp'),
    AWS_EC2_METADATA_DISABLED: 'true',
    ...Object.fromEntries(
      Object.entries(step.env).map(([name, value]) => [name, expand(value, inputs)]),
    ),
    ...environment,
  });
  return { status, output, summary: await readFile(folder('summary'), 'utf8') };
};

const stepNamed = (name: string) => {
  const step = scripts.find((each) => each.name === name);
  assert.ok(step, name);
  return step;
};
const install = stepNamed('Install spot-tui');
const use = stepNamed('Run spot-tui');
const run = (inputs: Readonly<Record<string, string>>): Promise<Result> => runStep(use, inputs);

test('no input is put into a script: as a variable it can’t become code', () => {
  for (const { name, run: script } of scripts) assert.doesNotMatch(script, /\$\{\{/, name);
});

test('every input is used, and none that there isn’t', () => {
  const used = [...JSON.stringify(action.runs).matchAll(/inputs\.([\w-]+)/g)].map(
    ([, name]) => name,
  );
  assert.deepEqual([...new Set(used)].sort(), Object.keys(action.inputs).sort());
});

test('a fleet is created, with a table of its nodes in the summary, and destroyed', async () => {
  const created = await run({ args: '--sandbox=fast --count 2\n--timeout 10m' });
  assert.equal(created.status, 0, created.output);
  assert.match(created.output, /2 ready/);
  assert.match(created.summary, /### spot-tui create/);
  assert.equal(created.summary.match(/^\| ✅ /gm)?.length, 2, created.summary);

  const destroyed = await run({ command: 'destroy', args: '--sandbox --yes' });
  assert.equal(destroyed.status, 0, destroyed.output);
});

test('what is no valid configuration fails the step, and is named', async () => {
  await writeFile(folder('repository/fleet/my fleet.yaml'), 'regionz: []\n');
  const { status, output } = await run({
    command: 'validate',
    config: 'my fleet.yaml',
    'working-directory': 'fleet',
    args: '--sandbox',
  });
  assert.notEqual(status, 0);
  assert.match(output, /my fleet\.yaml/);
  assert.match(output, /regionz/);
});

test('quotes keep an argument together, and a shell reads none of it', async () => {
  const duration = '$(touch found) "a  b" * ; touch found';
  const { status, output } = await run({ args: `--sandbox --timeout '${duration}'` });
  assert.notEqual(status, 0);
  assert.ok(output.includes(duration), output);
  await assert.rejects(readFile(folder('repository/found')));
});

test('without a version the one that the action is from is installed, and runs no script', async () => {
  await writeFile(folder('bin/npm'), '#!/bin/sh\necho "npm $*"\n', { mode: 0o755 });
  const { version } = JSON.parse(await readFile(`${checkout}package.json`, 'utf8')) as {
    readonly version: string;
  };
  const before = await readFile(folder('path'), 'utf8');
  const PATH = [folder('bin'), path.dirname(process.execPath), process.env.PATH].join(
    path.delimiter,
  );
  const { status, output } = await runStep(install, {}, { PATH });
  await writeFile(folder('path'), before);
  assert.equal(status, 0, output);
  assert.match(output, / --ignore-scripts /);
  assert.ok(output.trimEnd().endsWith(` spot-tui@${version}`), output);
});

test('a quote that is not closed is refused before anything is done', async () => {
  const { status, output } = await run({ args: `--sandbox "--count` });
  assert.notEqual(status, 0);
  assert.match(output, /quote/);
  assert.doesNotMatch(output, /launching/);
});

test('the examples in the page about CI give the action inputs that it has', async () => {
  const page = await readFile(`${checkout}docs/ci.md`, 'utf8');
  const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => parse(text));
  const workflows = z.array(
    z.union([
      z.object({ jobs: z.record(z.string(), z.object({ steps: z.array(z.unknown()) })) }),
      z.array(z.unknown()),
      z.object({ on: z.unknown() }),
    ]),
  );
  const steps = workflows
    .parse(blocks)
    .flatMap((block) =>
      Array.isArray(block)
        ? block
        : 'jobs' in block
          ? Object.values(block.jobs).flatMap((job) => job.steps)
          : [],
    );
  const useSchema = z.object({
    uses: z.string().endsWith('/spot-tui@v0.1.0'),
    with: z.record(z.string(), z.string()),
  });
  const uses = steps.flatMap((step) => useSchema.safeParse(step).data ?? []);
  assert.equal(uses.length, 4);
  for (const { with: inputs } of uses) {
    for (const name of Object.keys(inputs)) assert.ok(name in action.inputs, name);
    assert.ok(commandTable.some(({ name }) => name === (inputs.command ?? 'create')));
  }
});
