import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generateHostKey, type HostKey } from '../../source/sandbox/node/host-key.ts';
import type { Random } from './random.ts';

/** What a run's configuration says beyond what all have in common. */
export type SiteOptions = {
  readonly deployment: string;
  readonly nodes: number;
  readonly regions: readonly string[];
  /** Name of the AWS profile. */
  readonly profile: string;
  /** Seconds that phases may take. */
  readonly timeouts: Readonly<Record<string, number>>;
  /** More lines at the top level of the configuration. */
  readonly extra?: readonly string[];
};

/** A user's machine, with a configuration, a key and files for nodes. */
export class Site {
  readonly folder: string;
  readonly privateKey: string;
  /** One OpenSSH line. */
  readonly publicKey: string;
  /** What must never be seen outside of the files that it belongs to. */
  readonly token: string;
  #version = 0;

  private constructor(folder: string, key: HostKey, token: string) {
    this.folder = folder;
    this.privateKey = key.privateKey;
    this.publicKey = key.line;
    this.token = token;
  }

  static async make(options: SiteOptions, random: Random): Promise<Site> {
    const folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-reliability-'));
    const key = generateHostKey();
    const token = `orchestrator-${Array.from({ length: 24 }, () => random.between(0, 35).toString(36)).join('')}`;
    const site = new Site(folder, key, token);
    await mkdir(site.home);
    await mkdir(site.otherHome);
    await writeFile(path.join(folder, 'key'), key.privateKey, { mode: 0o600 });
    await writeFile(path.join(folder, 'key.pub'), `${key.line} reliability\n`);
    await site.configure(options);
    await mkdir(path.join(folder, 'units'));
    await mkdir(path.join(folder, 'config'));
    await mkdir(path.join(folder, 'scripts'));
    await writeFile(path.join(folder, 'units', 'work.service'), unit);
    await writeFile(path.join(folder, 'scripts', 'work.sh'), '#!/bin/sh\nexec sleep 1000000\n', {
      mode: 0o755,
    });
    await writeFile(path.join(folder, 'config', 'orchestrator_token'), `${token}\n`);
    await site.change();
    return site;
  }

  get home(): string {
    return path.join(this.folder, 'home');
  }

  /** Home of somebody else, at another machine. */
  get otherHome(): string {
    return path.join(this.folder, 'other-home');
  }

  /** What a node that has the newest files has in `config/version`. */
  get version(): string {
    return `version ${this.#version}\n`;
  }

  /** Writes the configuration. */
  async configure(options: SiteOptions): Promise<void> {
    await writeFile(path.join(this.folder, 'config.yaml'), configuration(options));
  }

  /** Makes new files for the nodes. */
  async change(): Promise<void> {
    this.#version += 1;
    await writeFile(path.join(this.folder, 'config', 'version'), this.version);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

const unit = `[Unit]
Description=Work
[Service]
ExecStart=/opt/uploaded_files/scripts/work.sh
[Install]
WantedBy=multi-user.target
`;

const configuration = (options: SiteOptions): string =>
  [
    `deployment: ${options.deployment}`,
    'aws:',
    `  total_instances: ${options.nodes}`,
    `  profile: ${options.profile}`,
    '  username: ubuntu',
    '  public_ssh_key_path: key.pub',
    '  private_ssh_key_path: key',
    '  ssh_allowed_cidrs: [127.0.0.1/32]',
    '  scripts_directory: scripts',
    '  config_directory: config',
    '  units_directory: units',
    '  instance_types: [t3.medium, t3a.medium]',
    'regions:',
    ...options.regions.map((region) => `  - ${region}`),
    'settle_time: 0',
    'timeouts:',
    ...Object.entries(options.timeouts).map(([phase, seconds]) => `  ${phase}: ${seconds}s`),
    ...(options.extra ?? []),
    '',
  ].join('\n');
