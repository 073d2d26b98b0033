import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadConfig } from '../source/config/load.ts';
import { buildPayload } from '../source/pipeline/payload/payload.ts';

/** The product's. */
export const templatesFolder = path.resolve(import.meta.dirname, '../templates');

/** What is uploaded: a folder with files as users of deploy_spot.py had them. */
export type PayloadFolder = {
  readonly folder: string;
  /** Relative paths, of what lands in `/tmp/exs` under the same names. */
  readonly files: readonly string[];
  /** A configuration for the product that names them. */
  readonly configFile: string;
};

/** Sizes in bytes by path: 26 files, 128 kB. */
const sizes: Readonly<Record<string, number>> = {
  'scripts/bacalhau-startup.sh': 6_200,
  'scripts/deploy_services.py': 14_800,
  'scripts/generate_node_identity.py': 9_400,
  'scripts/sensor.sh': 2_100,
  'scripts/health_check.sh': 3_300,
  'scripts/log_disk_usage.sh': 900,
  'scripts/rotate_logs.sh': 1_200,
  'scripts/setup.sh': 4_100,
  'config/bacalhau-config.yaml': 1_900,
  'config/docker-compose-bacalhau.yaml': 1_100,
  'config/docker-compose-sensor.yaml': 1_300,
  'config/sensor-config.yaml': 5_200,
  'config/identity-config.yaml': 700,
  'config/limits.yaml': 400,
  'files/orchestrator_endpoint': 48,
  'files/orchestrator_token': 64,
  'files/app.config': 2_600,
  'files/credentials.json': 1_800,
  'files/deployment_data.csv': 48_000,
  'files/regions.csv': 12_000,
  'files/models.json': 6_500,
  'files/license.txt': 2_400,
  'units/bacalhau.service': 620,
  'units/sensor-generator.service': 580,
  'units/health-check.service': 420,
  'units/health-check.timer': 240,
};

/** Writes the payload and, next to it, the configuration; the folder is made. The same bytes each time. */
export const writePayload = async (folder: string): Promise<PayloadFolder> => {
  const files = Object.keys(sizes);
  for (const [file, size] of Object.entries(sizes)) {
    const target = path.join(folder, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, file.startsWith('units/') ? unit(file) : text(file, size));
    if (/\.(sh|py)$/.test(file)) await chmod(target, 0o755);
  }
  const configFile = `${folder}.yaml`;
  await writeFile(configFile, configurationFor(folder));
  return { folder, files, configFile };
};

/** Words in an order that compresses about as well as scripts and configurations do. */
const text = (seed: string, size: number): string => {
  let state = [...seed].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
  let content = seed.endsWith('.sh') ? '#!/bin/sh\n' : '';
  while (content.length < size) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const word = words[state % words.length] ?? '';
    content += state % 5 === 0 ? `${word}: ${state % 997}\n` : `${word} `;
  }
  return `${content.slice(0, size - 1)}\n`;
};

const words = [
  'bacalhau',
  'sensor',
  'node',
  'region',
  'interval',
  'value',
  'temperature',
  'humidity',
  'if',
  'then',
  'fi',
  'return',
  'import',
  'def',
  'echo',
  'docker',
  'compose',
  'restart',
  'path',
  '/opt/uploaded_files',
  '/var/log',
  'orchestrator',
  'endpoint',
  'token',
  'true',
  'false',
];

const unit = (file: string): string =>
  file.endsWith('.timer')
    ? '[Unit]\nDescription=Looks after the node\n[Timer]\nOnCalendar=minutely\n[Install]\nWantedBy=timers.target\n'
    : `[Unit]\nDescription=${path.basename(file, '.service')}\nAfter=docker.service\n[Service]\nExecStart=/opt/uploaded_files/scripts/health_check.sh\nRestart=on-failure\n[Install]\nWantedBy=multi-user.target\n`;

const configurationFor = (folder: string): string => `aws:
  total_instances: 1
  username: root
  scripts_directory: ${folder}/scripts
  config_directory: ${folder}/config
  files_directory: ${folder}/files
  units_directory: ${folder}/units
regions:
  - us-west-2
`;

/** Bytes of the archive that the product makes of it. */
export const archiveSize = async ({ configFile }: PayloadFolder): Promise<number> => {
  const { config } = await loadConfig(configFile, {
    environment: process.env,
    workingDirectory: process.cwd(),
  });
  return (await buildPayload(config, templatesFolder)).archive.length;
};
