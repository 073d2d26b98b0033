import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Packages of the virtual environment; another list makes another environment. */
const requirements = ['moto[server,ec2]==5.2.5'];

/** The image that `auto` looks for, which moto does not come with. */
const images = [
  {
    ami_id: 'ami-0noble00000000000',
    name: 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20260501',
    owner_id: '099720109477',
    architecture: 'x86_64',
    creation_date: '2026-05-01T00:00:00.000Z',
    state: 'available',
    public: true,
    description: 'Canonical, Ubuntu, 24.04 LTS, amd64 noble image',
    image_type: 'machine',
    platform: null,
    root_device_type: 'ebs',
    root_device_name: '/dev/sda1',
    virtualization_type: 'hvm',
    hypervisor: 'xen',
    sriov: 'simple',
    image_location: 'amazon/ubuntu-noble',
  },
];

export type Moto = { readonly url: string; readonly close: () => Promise<void> };

/**
 * Starts moto's server (https://docs.getmoto.org/en/latest/docs/server_mode.html) on a random
 * port of the loopback interface, out of a virtual environment that is made once and kept in the
 * user's cache folder.
 */
export const startMoto = async (folder: string): Promise<Moto> => {
  const environment = await ensureEnvironment();
  const imageFile = path.join(folder, 'images.json');
  await writeFile(imageFile, JSON.stringify(images));
  const server = spawn(
    path.join(environment, 'bin', 'moto_server'),
    ['-H', '127.0.0.1', '-p', '0'],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH, HOME: folder, MOTO_AMIS_PATH: imageFile },
    },
  );
  const close = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  const lines = createInterface({ input: server.stderr });
  const said: string[] = [];
  for await (const line of lines) {
    said.push(line);
    const url = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (url === undefined) continue;
    // Nobody reads the log from here on, and a full pipe would stall the server.
    server.stderr.resume();
    return { url, close };
  }
  await close();
  throw new Error(`moto did not start:\n${said.join('\n')}`);
};

const ensureEnvironment = async (): Promise<string> => {
  const cache = process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache');
  const digest = createHash('sha256').update(requirements.join()).digest('hex').slice(0, 12);
  const environment = path.join(cache, 'spot-tui-contract', digest);
  const mark = path.join(environment, 'complete');
  try {
    await access(mark);
    return environment;
  } catch {
    await rm(environment, { recursive: true, force: true });
  }
  await mkdir(environment, { recursive: true });
  await run('python3', ['-m', 'venv', environment]);
  await run(path.join(environment, 'bin', 'pip'), [
    'install',
    '--quiet',
    '--disable-pip-version-check',
    ...requirements,
  ]);
  // The mark appears at once: an installation that was cut off is never taken for a whole one.
  await writeFile(`${mark}.new`, requirements.join('\n'));
  await rename(`${mark}.new`, mark);
  return environment;
};
