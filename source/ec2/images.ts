import { DescribeImagesCommand, type Image as SdkImage } from '@aws-sdk/client-ec2';
import { Ec2Error } from './errors.ts';
import type { Architecture } from './instance-types.ts';
import { ask } from './request.ts';
import type { RegionScope } from './scope.ts';

/** What a launch has to know of an image. */
export type Image = {
  readonly imageId: string;
  /** The name under which the root volume is mapped, such as `/dev/sda1`. */
  readonly rootDevice: string;
};

/**
 * The image of the region: the latest Ubuntu 24.04 LTS for `auto`, else the one with the id.
 * Rejects when there is none, when it is for another architecture than the instance types, and
 * when it needs a larger root volume than the configured one.
 */
export const findImage = async (
  scope: RegionScope,
  architecture: Architecture,
  signal: AbortSignal,
): Promise<Image> => {
  const { image } = scope.regionConfig;
  const found =
    image === 'auto'
      ? await findUbuntu(scope, architecture, signal)
      : await findById(scope, image, signal);
  const name = found.ImageId ?? image;
  const expected = ec2Architecture(architecture);
  if (found.Architecture !== undefined && found.Architecture !== expected) {
    throw new Ec2Error(
      `${scope.region}: the image ${name} is for ${found.Architecture}, ` +
        `but ${scope.regionConfig.instanceTypes.join(', ')} is ${expected}`,
      {
        kind: 'invalid',
        region: scope.region,
        hint: 'Use an image of the same architecture, or "image: auto".',
      },
    );
  }
  const rootDevice = found.RootDeviceName ?? '/dev/sda1';
  const root = found.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === rootDevice);
  const minimum = root?.Ebs?.VolumeSize ?? 0;
  if (minimum > scope.regionConfig.storageGb) {
    throw new Ec2Error(
      `${scope.region}: the image ${name} needs a root volume of ${minimum} GiB, ` +
        `but the configuration says ${scope.regionConfig.storageGb}`,
      {
        kind: 'invalid',
        region: scope.region,
        hint: `Set "instance_storage_gb" to ${minimum} or more.`,
      },
    );
  }
  return { imageId: name, rootDevice };
};

const findById = async (scope: RegionScope, id: string, signal: AbortSignal): Promise<SdkImage> => {
  const doing = `find the image ${id}`;
  const answer = await ask(scope, { doing, action: 'DescribeImages' }, signal, (options) =>
    scope.client.send(new DescribeImagesCommand({ ImageIds: [id] }), options),
  );
  const [image] = answer.Images ?? [];
  if (image === undefined || (image.State !== undefined && image.State !== 'available')) {
    throw new Ec2Error(
      image === undefined
        ? `${scope.region}: can't ${doing}: EC2 does not know it`
        : `${scope.region}: can't use the image ${id}: it is ${image.State}`,
      {
        kind: 'not-found',
        region: scope.region,
        code: 'InvalidAMIID.NotFound',
        hint:
          `An image belongs to one region: use one of ${scope.region}, ` +
          'or "image: auto" for the latest Ubuntu 24.04 LTS.',
      },
    );
  }
  return image;
};

/** https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/ */
const findUbuntu = async (
  scope: RegionScope,
  architecture: Architecture,
  signal: AbortSignal,
): Promise<SdkImage> => {
  const name = `ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-${architecture}-server-*`;
  const answer = await ask(
    scope,
    { doing: 'find the latest Ubuntu 24.04 LTS image', action: 'DescribeImages' },
    signal,
    (options) =>
      scope.client.send(
        new DescribeImagesCommand({
          Owners: [canonical(scope.region)],
          Filters: [
            { Name: 'name', Values: [name] },
            { Name: 'architecture', Values: [ec2Architecture(architecture)] },
            { Name: 'state', Values: ['available'] },
          ],
        }),
        options,
      ),
  );
  const [latest] = (answer.Images ?? []).toSorted((one, other) =>
    (other.CreationDate ?? '').localeCompare(one.CreationDate ?? ''),
  );
  if (latest?.ImageId === undefined) {
    throw new Ec2Error(
      `${scope.region}: there is no Ubuntu 24.04 LTS image for ${architecture} (${name})`,
      {
        kind: 'not-found',
        region: scope.region,
        hint: `Name an image for ${scope.region}: "image: ami-…".`,
      },
    );
  }
  return latest;
};

const ec2Architecture = (architecture: Architecture): string =>
  architecture === 'amd64' ? 'x86_64' : 'arm64';

/** Canonical's account, which differs in the partitions that are cut off from the rest of AWS. */
const canonical = (region: string): string => {
  if (region.startsWith('cn-')) return '837727238323';
  if (region.startsWith('us-gov-')) return '513442679011';
  return '099720109477';
};
