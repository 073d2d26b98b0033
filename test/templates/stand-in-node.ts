import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

export const templates = path.resolve('templates');

export type ScriptResult = {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** A file of a payload: its content, or that with its mode. */
export type Content = string | { readonly content: string; readonly mode: number };

/**
 * A folder that the scripts take for a machine's root directory, with the few programs that would
 * change a real one replaced. `systemctl` keeps what it is told in files below `units`.
 */
export class StandInNode {
  readonly root: string;
  readonly #programs: string;

  private constructor(folder: string) {
    this.root = path.join(folder, 'root');
    this.#programs = path.join(folder, 'bin');
  }

  static async make(): Promise<StandInNode> {
    const node = new StandInNode(await mkdtemp(path.join(tmpdir(), 'stand-in-node-')));
    await mkdir(path.join(node.root, 'units'), { recursive: true });
    await node.program('systemctl', systemctl);
    await node.program('systemd-analyze', 'echo "$2: stands in" >&2; exit 1');
    await node.program('cloud-init', 'exit 1');
    await node.program('docker', 'echo "docker $*" >>"$SPOT_TUI_ROOT/calls"');
    await node.program('dockerd', ':');
    await node.write(
      'usr/local/lib/spot-tui/settings.env',
      'SPOT_TUI_USER=ubuntu\nBACALHAU_NODE_DIRECTORY=/bacalhau_node\nBACALHAU_DATA_DIRECTORY=/bacalhau_data\n',
    );
    return node;
  }

  async remove(): Promise<void> {
    await rm(path.dirname(this.root), { recursive: true, force: true });
  }

  /** Puts a program before those of the machine that runs the test. */
  async program(name: string, script: string): Promise<void> {
    const file = path.join(this.#programs, name);
    await mkdir(this.#programs, { recursive: true });
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
  }

  /** A PATH with nothing but some programs of the node, or else of the machine that runs the test. */
  async only(names: readonly string[]): Promise<string> {
    const folder = path.join(this.root, 'only');
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    const { stdout } = await promisify(execFile)(
      '/bin/sh',
      ['-c', 'for name; do command -v "$name" || echo; done', 'sh', ...names],
      { env: { PATH: `${this.#programs}:${process.env.PATH}` } },
    );
    const files = stdout.split('\n');
    await Promise.all(
      names.map(async (name, index) => {
        if (files[index]) await symlink(files[index], path.join(folder, name));
      }),
    );
    return folder;
  }

  /** As cloud-init leaves a node. */
  async prepare(instanceId = 'i-0001'): Promise<void> {
    await this.write('run/cloud-init/result.json', '{\n "v1": {\n  "errors": []\n }\n}\n');
    await this.write('var/lib/cloud/data/instance-id', `${instanceId}\n`);
    await this.write('var/lib/spot-tui/prepared', 'by a test\n');
  }

  async write(name: string, content: string, mode = 0o644): Promise<void> {
    const file = path.join(this.root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
    await chmod(file, mode);
  }

  read(name: string): Promise<string> {
    return readFile(path.join(this.root, name), 'utf8');
  }

  async exists(name: string): Promise<boolean> {
    return await stat(path.join(this.root, name)).then(
      () => true,
      () => false,
    );
  }

  async mode(name: string): Promise<number> {
    return (await stat(path.join(this.root, name))).mode & 0o777;
  }

  async list(name: string): Promise<string[]> {
    return (await readdir(path.join(this.root, name))).sort();
  }

  /** Runs `sha256sum -c` on a list of the node, as inspections do. */
  async check(name: string): Promise<{ readonly status: number | null; readonly lines: number }> {
    const list = await this.read(name);
    const { status } = await this.#spawn('sha256sum', [
      '-c',
      '--quiet',
      path.join(this.root, name),
    ]);
    return { status, lines: list.trimEnd().split('\n').length };
  }

  /** What changed something on the machine since the last time it was asked: `restart a.service`. */
  async calls(): Promise<string[]> {
    const calls = (await this.exists('calls')) ? await this.read('calls') : '';
    await this.write('calls', '');
    return calls.split('\n').filter((line) => line !== '');
  }

  /** What `systemctl show` and `is-active` say about a unit from now on. */
  async unit(unit: string, properties: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(properties)) {
      await this.write(`units/${unit}/${name}`, `${value}\n`);
    }
  }

  /** Runs a shipped script. */
  async run(
    script: string,
    {
      args = [],
      stdin = Buffer.alloc(0),
      environment = {},
    }: {
      readonly args?: readonly string[];
      readonly stdin?: Buffer;
      readonly environment?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<ScriptResult> {
    return await this.#spawn('/bin/sh', [path.join(templates, script), ...args], stdin, {
      SPOT_TUI_ROOT: this.root,
      SPOT_TUI_CLOUD_INIT_WAIT: '0',
      SPOT_TUI_PAYLOAD_WAIT: '0',
      SPOT_TUI_APT_WAIT: '0',
      ...environment,
    });
  }

  /** Runs a program that a script has put onto the node. */
  execute(name: string, args: readonly string[]): Promise<ScriptResult> {
    return this.#spawn(path.join(this.root, name), args);
  }

  /** Runs the first `ExecStartPre=` of a unit file as systemd would. */
  async startCondition(file: string): Promise<ScriptResult> {
    const unit = await readFile(file, 'utf8');
    const script = /^ExecStartPre=\/bin\/sh -c '(.*)'$/m.exec(unit)?.[1];
    if (script === undefined) throw new Error(`${file} has no ExecStartPre= with a shell`);
    return await this.#spawn('/bin/sh', ['-c', script.replaceAll('$$', '$')], undefined, {
      SPOT_TUI_ROOT: this.root,
    });
  }

  /** Uploads a payload as the program does. */
  async upload(
    files: Readonly<Record<string, Content>>,
    values: readonly string[] = defaultValues,
  ) {
    const { archive, digest } = await pack(files);
    return await this.run('receive-payload.sh', { args: [digest, ...values], stdin: archive });
  }

  /** Triggers configure-services. */
  async configure(environment: Readonly<Record<string, string>> = {}): Promise<ScriptResult> {
    return await this.run('configure-services.sh', { environment });
  }

  async #spawn(
    file: string,
    args: readonly string[],
    stdin: Buffer = Buffer.alloc(0),
    environment: Readonly<Record<string, string>> = {},
  ): Promise<ScriptResult> {
    const child = spawn(file, args, {
      env: { PATH: `${this.#programs}:${process.env.PATH}`, ...environment },
      timeout: 30_000,
    });
    // A script that ends without reading its input is what some tests are about.
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
    const [stdout, stderr, status] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      }),
    ]);
    return { status, stdout, stderr };
  }

  /** Reason and hint of the last failure. */
  async failure(): Promise<readonly string[]> {
    return (await this.read('var/lib/spot-tui/failure')).trimEnd().split('\n');
  }
}

export const defaultValues = ['SPOT_TUI_NODE=us-west-2-1', 'SPOT_TUI_INSTANCE_ID=i-0001'];

/** A payload as `receive-payload.sh` wants it: files by path, `manifest.sha256` last. */
export const pack = async (
  files: Readonly<Record<string, Content>>,
): Promise<{ readonly archive: Buffer; readonly manifest: string; readonly digest: string }> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'payload-'));
  try {
    const sums: string[] = [];
    for (const [name, file] of Object.entries(files)) {
      const content = typeof file === 'string' ? file : file.content;
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), content);
      await chmod(path.join(folder, name), typeof file === 'string' ? 0o644 : file.mode);
      sums.push(`${sha256(content)}  ${name}\n`);
    }
    const manifest = sums.join('');
    await writeFile(path.join(folder, 'manifest.sha256'), manifest);
    const names = [...Object.keys(files), 'manifest.sha256'];
    const { stdout } = await promisify(execFile)('tar', ['-czf', '-', '-C', folder, ...names], {
      encoding: 'buffer',
    });
    return { archive: stdout, manifest, digest: sha256(manifest) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

export const sha256 = (content: string): string =>
  createHash('sha256').update(content).digest('hex');

/** Knows what the scripts use; every unit that has a file, or that was described, is loaded. */
const systemctl = `
root=$SPOT_TUI_ROOT
all=$*
words=
property=
for word; do
  case $word in
    --property=*) property=\${word#*=} ;;
    -*) ;;
    *) words="$words $word" ;;
  esac
done
set -- $words
unit=\${2:-}
get() { cat "$root/units/$unit/$1" 2>/dev/null; }
set_state() { mkdir -p "$root/units/$unit"; echo "$1" >"$root/units/$unit/ActiveState"; }
case $1 in
  show)
    if [ "$property" = LoadState ] && ! get LoadState; then
      if [ -e "$root/etc/systemd/system/$unit" ]; then echo loaded; else echo not-found; fi
    elif [ "$property" != LoadState ]; then
      get "$property"
    fi ;;
  is-active) get ActiveState || echo inactive; [ "$(get ActiveState)" = active ] ;;
  list-jobs) cat "$root/jobs" 2>/dev/null ;;
  reset-failed) ;;
  *)
    echo "$all" >>"$root/calls"
    if [ -e "$root/units/$unit/refusal" ] && [ "$1" != stop ]; then get refusal >&2; exit 1; fi
    case $1 in
      start | restart) set_state active ;;
      stop | disable) set_state inactive ;;
    esac ;;
esac
exit 0
`;
