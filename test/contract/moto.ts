import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ForeignEndpoint, startForeignEndpoint } from './foreign-endpoint.ts';
import { ensurePythonEnvironment } from './python-environment.ts';

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

/**
 * Starts moto's server (https://docs.getmoto.org/en/latest/docs/server_mode.html) on a random port
 * of the loopback interface.
 */
export const startMoto = async (folder: string): Promise<ForeignEndpoint> => {
  const environment = await ensurePythonEnvironment(['moto[server,ec2]==5.2.5']);
  const imageFile = path.join(folder, 'images.json');
  await writeFile(imageFile, JSON.stringify(images));
  return startForeignEndpoint(
    path.join(environment, 'bin', 'moto_server'),
    ['-H', '127.0.0.1', '-p', '0'],
    { HOME: folder, MOTO_AMIS_PATH: imageFile },
  );
};
