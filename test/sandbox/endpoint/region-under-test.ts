import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import {
  CreateLaunchTemplateCommand,
  DescribeImagesCommand,
  EC2Client,
  EC2ServiceException,
  ImportKeyPairCommand,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { fastBootTimes } from '../../../source/sandbox/endpoint/boot-times.ts';
import {
  type Endpoint,
  type EndpointOptions,
  startEndpoint,
} from '../../../source/sandbox/endpoint/endpoint.ts';
import { Machines } from '../machines.ts';

export const publicKeyLine =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFOpkkQe9erst8jyEWjn8f/ddYKPJMJfvJgTWm4OQ8HR test';

/** An endpoint of its own for a test, closed behind it. */
export const startCloud = async (
  context: TestContext,
  options: Partial<EndpointOptions> = {},
): Promise<{
  endpoint: Endpoint;
  machines: Machines;
  region: (name?: string, accessKeyId?: string) => EC2Client;
}> => {
  const machines = new Machines();
  const endpoint = await startEndpoint({
    hypervisor: machines,
    bootTimes: fastBootTimes,
    ...options,
  });
  const clients: EC2Client[] = [];
  context.after(async () => {
    for (const client of clients) client.destroy();
    await endpoint.close();
  });
  return {
    endpoint,
    machines,
    region: (name = 'us-west-2', accessKeyId = 'AKIDEXAMPLE') => {
      const client = new EC2Client({
        region: name,
        endpoint: endpoint.url,
        credentials: { accessKeyId, secretAccessKey: 'secret' },
        maxAttempts: 1,
      });
      clients.push(client);
      return client;
    },
  };
};

/** Asserts that EC2 refuses, with its code and something of its message. */
export const refuses = async (
  answer: Promise<unknown>,
  code: string,
  message: RegExp = /./,
): Promise<EC2ServiceException> => {
  const error = await answer.then(
    () => assert.fail(`expected ${code}, but it succeeded`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof EC2ServiceException, String(error));
  assert.equal(error.name, code, error.message);
  assert.match(error.message, message);
  return error;
};

/** The id of the latest Ubuntu image for an architecture. */
export const latestImage = async (ec2: EC2Client, architecture = 'x86_64'): Promise<string> => {
  const { Images = [] } = await ec2.send(
    new DescribeImagesCommand({
      Owners: ['099720109477'],
      Filters: [
        { Name: 'name', Values: ['ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-*-server-*'] },
        { Name: 'architecture', Values: [architecture] },
      ],
    }),
  );
  const [image] = Images.toSorted((first, second) =>
    String(second.CreationDate).localeCompare(String(first.CreationDate)),
  );
  assert.ok(image?.ImageId);
  return image.ImageId;
};

/** A launch template with an image and a key; answers its id. */
export const makeTemplate = async (
  ec2: EC2Client,
  data: RequestLaunchTemplateData = {},
): Promise<string> => {
  await ec2.send(
    new ImportKeyPairCommand({
      KeyName: 'orchard',
      PublicKeyMaterial: Buffer.from(publicKeyLine),
    }),
  );
  const { LaunchTemplate } = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: 'orchard',
      LaunchTemplateData: {
        ImageId: await latestImage(ec2),
        KeyName: 'orchard',
        UserData: Buffer.from('#cloud-config\n').toString('base64'),
        ...data,
      },
    }),
  );
  assert.ok(LaunchTemplate?.LaunchTemplateId);
  return LaunchTemplate.LaunchTemplateId;
};
