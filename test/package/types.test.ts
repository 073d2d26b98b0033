import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CleanMachine, type CommandResult, runCommand } from './clean-machine.ts';
import { pack } from './pack.ts';

const checkout = fileURLToPath(new URL('../../', import.meta.url));

let tarballs: string;
let machine: CleanMachine;

before(async () => {
  tarballs = await mkdtemp(path.join(tmpdir(), 'spot-tui-types-'));
  machine = await CleanMachine.create(path.dirname(process.execPath));
  const { filename } = await pack(checkout, tarballs);
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund'];
  const installed = await machine.run('npm', [...install, path.join(tarballs, filename)]);
  assert.equal(installed.status, 0, installed.stderr);
});

after(async () => {
  await machine.remove();
  await rm(tarballs, { recursive: true, force: true });
});

/** What TypeScript says, at its strictest, of a program in a folder with nothing but the package. */
const compile = async (program: string, name = 'program.mts'): Promise<CommandResult> => {
  await writeFile(path.join(machine.folder, name), program);
  const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--pretty', 'false'];
  const modules = ['--module', 'nodenext', '--target', 'es2024', '--resolveJsonModule'];
  const types = ['--types', 'node', '--typeRoots', path.join(checkout, 'node_modules/@types')];
  return runCommand(
    process.execPath,
    [
      path.join(checkout, 'node_modules/typescript/bin/tsc'),
      ...options,
      ...modules,
      ...types,
      name,
    ],
    machine.folder,
    process.env,
  );
};

/** A program that knows every kind of event. */
const everyEvent = `
import type { FleetEvent } from 'spot-tui';

const summed = new Map<string, number>();

export const take = (line: string): void => {
  const event = JSON.parse(line) as FleetEvent;
  switch (event.event) {
    case 'fleet':
      console.log(event.deployment, event.regions.join(' '), event.nodes.toFixed(0));
      break;
    case 'phase':
      if (event.phase === 'failed') console.log(event.failedPhase, event.hint.trim());
      else if (event.phase === 'ready') console.log(event.attempt.toFixed(0));
      break;
    case 'instance':
      summed.set(event.node, event.pricePerHour ?? 0);
      break;
    case 'moved':
      console.log(event.to.trim());
      break;
    case 'progress':
      console.log(event.done / event.total);
      break;
    case 'log':
      console.log(event.source, event.message.trim());
      break;
    case 'health':
      console.log(event.checks.map(({ name, status }) => name + status));
      break;
    case 'action':
    case 'action-result':
      console.log(event.id.toFixed(0), event.detail?.trim());
      break;
    case 'notice':
      console.log(event.level, event.message);
      break;
    case 'summary':
      console.log(event.ready.toFixed(0), new Date(event.time).getTime());
      break;
    default:
      event satisfies never;
  }
};
`;

test('a program that switches over all events compiles', async () => {
  const { status, stdout } = await compile(everyEvent);
  assert.equal(status, 0, stdout);
});

test('one that leaves an event out does not, where it claims to have all', async () => {
  const { status, stdout } = await compile(everyEvent.replace("case 'notice':", ''));
  assert.notEqual(status, 0);
  assert.match(stdout, /'NoticeEvent' does not satisfy the expected type 'never'/);
});

test('neither does one that reads a field that is not there', async () => {
  const { status, stdout } = await compile(everyEvent.replace('event.to.', 'event.too.'));
  assert.notEqual(status, 0);
  assert.match(stdout, /'too' does not exist on type 'MovedEvent'/);
});

test('what may be missing has to be expected', async () => {
  const { status, stdout } = await compile(everyEvent.replace('detail?.', 'detail.'));
  assert.notEqual(status, 0);
  assert.match(stdout, /'event.detail' is possibly 'undefined'/);
});

test('the program in the docs compiles', async () => {
  const page = await readFile(path.join(checkout, 'docs/ci.md'), 'utf8');
  const [, program] = /^```ts\n(.*?)^```$/ms.exec(page) ?? [];
  assert.ok(program);
  const { status, stdout } = await compile(program);
  assert.equal(status, 0, stdout);
});

test('everything else that is printed as JSON has a type, and so has config.yaml', async () => {
  const program = `
import type {
  DeploymentList,
  DestructionPlan,
  DoctorReport,
  ExpiredPlan,
  FleetList,
  HistoryLine,
  LaunchPlan,
  SpotTuiConfiguration,
  ValidationReport,
} from 'spot-tui';

export const configuration: SpotTuiConfiguration = {
  deployment: 'fleet',
  aws: { total_instances: 5 },
  regions: ['eu-central-1', { 'us-west-2': { instance_types: ['t3.medium'] } }],
};

export const texts = (
  list: FleetList,
  { deployments }: DeploymentList,
  { nodes: examined }: DoctorReport,
  plan: LaunchPlan,
  destruction: DestructionPlan,
  { expired }: ExpiredPlan,
  line: HistoryLine,
  { findings }: ValidationReport,
): (string | null | undefined)[] => [
  list.nodes[0]?.address,
  deployments[0]?.deployment,
  examined[0]?.checks[0]?.hint,
  plan.regions[0]?.image,
  destruction.nodes[0],
  expired[0]?.region,
  line.event === 'recovered' ? line.reason : line.time,
  findings[0]?.topic,
];
`;
  const { status, stdout } = await compile(program);
  assert.equal(status, 0, stdout);
  const wrong = await compile(program.replace('total_instances', 'total_instance'));
  assert.match(wrong.stdout, /'total_instance' does not exist/);
});

test('a CommonJS program finds them as well', async () => {
  const { status, stdout } = await compile(everyEvent, 'program.cts');
  assert.equal(status, 0, stdout);
});

test('the schemas are at hand under their short names', async () => {
  await writeFile(
    path.join(machine.folder, 'schema.mjs'),
    `import schema from 'spot-tui/schemas/events.json' with { type: 'json' };
     console.log(schema.$schema);`,
  );
  const { stdout, stderr } = await machine.run('node', ['schema.mjs']);
  assert.equal(stdout.trim(), 'https://json-schema.org/draft/2020-12/schema', stderr);
});
