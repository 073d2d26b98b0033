import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { fastBootTimes } from '../../source/sandbox/endpoint/boot-times.ts';
import { type Endpoint, startEndpoint } from '../../source/sandbox/endpoint/endpoint.ts';
import { type CommandResult, output, runCommand } from './command.ts';
import { ensureImages } from './images.ts';
import type { MachineQuirks } from './machine-disk.ts';
import { freeAbandonedSlots } from './machine-slot.ts';
import { NspawnHypervisor } from './nspawn-hypervisor.ts';

/** The built program. */
export const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** In this region nodes run Debian trixie, in every other one bookworm. */
export const trixieRegion = 'eu-central-1';
export const bookwormRegion = 'us-west-2';

/** A line of the program's NDJSON, as far as the tests look into it. */
export type Line = {
  readonly time: string;
  readonly event: string;
  readonly node?: string;
  readonly instanceId?: string;
  readonly phase?: string;
  readonly failedPhase?: string;
  readonly reason?: string;
  readonly hint?: string;
  readonly deadline?: string;
  readonly done?: number;
  readonly total?: number;
  readonly ready?: number;
  readonly failed?: number;
  readonly hostKey?: string;
  readonly hostKeyFingerprint?: string;
};

export type ProgramResult = CommandResult & { readonly lines: readonly Line[] };

/**
 * A cloud of booted machines, and a user of the built program who has a folder with a configuration
 * and an SSH key, and points the program there by nothing but AWS's own variables.
 */
export class Lab {
  readonly folder: string;
  readonly hypervisor: NspawnHypervisor;
  readonly endpoint: Endpoint;

  private constructor(folder: string, hypervisor: NspawnHypervisor, endpoint: Endpoint) {
    this.folder = folder;
    this.hypervisor = hypervisor;
    this.endpoint = endpoint;
  }

  /** @param quirks Of the first, second, … machine to be launched. */
  static async start(quirks: readonly MachineQuirks[]): Promise<Lab> {
    await freeAbandonedSlots();
    const images = await ensureImages();
    const hypervisor = new NspawnHypervisor({
      image: ({ region }) => (region === trixieRegion ? images.trixie : images.bookworm),
      quirks: (index) => quirks[index] ?? {},
    });
    const endpoint = await startEndpoint({ hypervisor, bootTimes: fastBootTimes });
    const folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-lab-'));
    await mkdir(path.join(folder, 'home'));
    await output('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(folder, 'key')]);
    return new Lab(folder, hypervisor, endpoint);
  }

  async close(): Promise<void> {
    await this.endpoint.close();
    await this.hypervisor.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Writes the user's config.yaml. */
  async writeConfiguration(configuration: Configuration): Promise<void> {
    await writeFile(path.join(this.folder, 'config.yaml'), stringify(configuration));
  }

  /**
   * Begins as a user does, with `init`, then makes the configuration fit the lab: its user, key and
   * regions, and images that are there without a way out.
   */
  async begin(wanted: {
    readonly regions: readonly string[];
    readonly count: number;
  }): Promise<Starter> {
    const { exitCode, stderr, stdout } = await this.spotTui(['init']);
    if (exitCode !== 0) throw new Error(`spot-tui init failed: ${stderr}${stdout}`);
    const starter: Configuration = parse(
      await readFile(path.join(this.folder, 'config.yaml'), 'utf8'),
    );
    const configuration: Configuration = {
      ...starter,
      deployment: 'lab',
      aws: {
        ...starter.aws,
        total_instances: wanted.count,
        username: 'debian',
        public_ssh_key_path: 'key.pub',
        private_ssh_key_path: 'key',
        ssh_allowed_cidrs: ['10.99.0.0/16'],
        files_directory: 'files',
      },
      regions: wanted.regions.map((region) => ({ [region]: { machine_type: 't3.medium' } })),
      images: {
        bacalhau: 'spot-tui-lab/bacalhau:stand-in',
        sensor: 'spot-tui-lab/sensor:stand-in',
      },
      timeouts: {
        launching: '30s',
        booting: '30s',
        connecting: '60s',
        uploading: '90s',
        'cloud-init': '90s',
        configuring: '60s',
        verifying: '60s',
      },
      settle_time: '2s',
      health_interval: '1s',
    };
    // Its own Docker inside Bacalhau's container is nothing that a stand-in needs, and hosts of the
    // lab may hold back capabilities that a privileged container asks for.
    const folders = {
      scripts: String(starter.aws.scripts_directory),
      config: String(starter.aws.config_directory),
      units: String(starter.aws.units_directory),
      files: 'files',
    };
    await this.edit(`${folders.config}/docker-compose.yaml`, (text) =>
      text.replace('privileged: true', 'privileged: false'),
    );
    await this.write('files/greeting', 'hello\n', 0o640);
    await this.write('files/tools/greet', '#!/bin/sh\necho hello\n', 0o755);
    await this.writeConfiguration(configuration);
    return { configuration, folders };
  }

  /** Writes a file below the user's folder. */
  async write(name: string, content: string | Buffer, mode = 0o644): Promise<void> {
    const file = path.join(this.folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content, { mode });
  }

  /** Changes a file below the user's folder; throws where the change makes no difference. */
  async edit(name: string, change: (text: string) => string): Promise<void> {
    const file = path.join(this.folder, name);
    const text = await readFile(file, 'utf8');
    const changed = change(text);
    if (changed === text) throw new Error(`There was nothing to change in ${name}.`);
    await writeFile(file, changed);
  }

  /** What the user's programs find in their environment. */
  get environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env.PATH,
      HOME: path.join(this.folder, 'home'),
      LANG: 'C.UTF-8',
      AWS_ENDPOINT_URL_EC2: this.endpoint.url,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  /** Runs the program in the user's folder. */
  async spotTui(
    parameters: readonly string[],
    options: {
      readonly onLine?: (line: Line, kill: () => void) => void;
      readonly timeout?: number;
      /** Beside what all of the user's programs find. */
      readonly environment?: NodeJS.ProcessEnv;
    } = {},
  ): Promise<ProgramResult> {
    const lines: Line[] = [];
    const result = await runCommand(process.execPath, [program, ...parameters], {
      directory: this.folder,
      timeout: options.timeout ?? 180_000,
      environment: { ...this.environment, ...options.environment },
      onLine: (text, kill) => {
        const line = parseLine(text);
        if (line === undefined) return;
        lines.push(line);
        options.onLine?.(line, kill);
      },
    });
    for (const entry of this.endpoint.ledger.entries()) {
      if (entry.type === 'trouble') throw new Error(`The lab itself failed: ${entry.message}`);
    }
    return { ...result, lines };
  }
}

/** The node that an instance became, by what the program said. */
export const nodeOf = (lines: readonly Line[], instanceId: string): string => {
  const node = lines.find((line) => line.instanceId === instanceId)?.node;
  if (node === undefined) throw new Error(`Nothing was said of ${instanceId}.`);
  return node;
};

/** When a node entered a phase; milliseconds since the Unix epoch. */
export const reached = (lines: readonly Line[], node: string, phase: string): number => {
  const line = lines.find(
    (each) => each.event === 'phase' && each.node === node && each.phase === phase,
  );
  if (line === undefined) throw new Error(`${node} did not reach ${phase}.`);
  return Date.parse(line.time);
};

/** When the last byte of a node's upload was acknowledged; milliseconds since the Unix epoch. */
export const uploaded = (lines: readonly Line[], node: string): number => {
  const line = lines.findLast(
    (each) => each.event === 'progress' && each.node === node && each.done === each.total,
  );
  if (line === undefined) throw new Error(`The upload to ${node} did not end.`);
  return Date.parse(line.time);
};

/** What was said of a node's failure; throws where none was. */
export const failureOf = (lines: readonly Line[], node: string): Line => {
  const line = lines.find(
    (each) => each.event === 'phase' && each.node === node && each.phase === 'failed',
  );
  if (line === undefined) throw new Error(`${node} did not fail.`);
  return line;
};

/** What `begin` made; folders are relative to the user's own. */
export type Starter = {
  readonly configuration: Configuration;
  readonly folders: Readonly<Record<'scripts' | 'config' | 'units' | 'files', string>>;
};

/** config.yaml before it is YAML. */
export type Configuration = {
  readonly aws: Readonly<Record<string, unknown>>;
  readonly regions: readonly Readonly<Record<string, unknown>>[];
} & Readonly<Record<string, unknown>>;

const parseLine = (text: string): Line | undefined => {
  if (!text.startsWith('{"time"')) return undefined;
  return JSON.parse(text);
};
