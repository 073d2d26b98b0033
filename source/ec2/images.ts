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
 * The image that each of the region's instance types is launched with: for `auto` the latest Ubuntu
 * 24.04 LTS of its architecture, else the one with the id, which leaves out the types of another
 * architecture, and says so. Rejects when there is none, when no type can use it, and when it needs
 * a larger root volume than the configured one.
 */
export const findImages = async (
  scope: RegionScope,
  architectures: ReadonlyMap<string, Architecture>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Image>> => {
  const { image } = scope.regionConfig;
  if (image !== 'auto') {
    const found = await findById(scope, image, signal);
    const usable = typesOf(scope, found, architectures);
    const described = describeImage(scope, found);
    return new Map(usable.map((type) => [type, described]));
  }
  const images = new Map(
    await Promise.all(
      [...new Set(architectures.values())].map(async (architecture) => {
        const found = await findUbuntu(scope, architecture, signal);
        return [architecture, describeImage(scope, found)] as const;
      }),
    ),
  );
  return new Map(
    [...architectures].flatMap(([type, architecture]) => {
      const found = images.get(architecture);
      return found === undefined ? [] : [[type, found]];
    }),
  );
};

/** The types that an image runs on. */
const typesOf = (
  scope: RegionScope,
  { Architecture: architecture, ImageId }: SdkImage,
  architectures: ReadonlyMap<string, Architecture>,
): string[] => {
  const types = [...architectures];
  const fits = ([, of]: readonly [string, Architecture]) =>
    architecture === undefined || architecture === ec2Architecture(of);
  const usable = types.filter(fits);
  const others = types.filter((type) => !fits(type));
  if (others.length === 0) return usable.map(([type]) => type);
  const names = others.map(([type]) => type).join(', ');
  const their = [...new Set(others.map(([, of]) => ec2Architecture(of)))].join(', ');
  const problem = `the image ${ImageId} is for ${architecture}, but ${names} is ${their}`;
  const error = new Ec2Error(
    usable.length === 0
      ? `${scope.region}: ${problem}`
      : `${scope.region}: ${problem}: nothing is launched on ${names}`,
    {
      kind: 'invalid',
      region: scope.region,
      hint: 'Use an image of the same architecture, or "image: auto".',
    },
  );
  if (usable.length === 0) throw error;
  scope.onTrouble(error);
  return usable.map(([type]) => type);
};

const describeImage = (scope: RegionScope, found: SdkImage): Image => {
  const imageId = found.ImageId ?? scope.regionConfig.image;
  const rootDevice = found.RootDeviceName ?? '/dev/sda1';
  const root = found.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === rootDevice);
  const minimum = root?.Ebs?.VolumeSize ?? 0;
  if (minimum > scope.regionConfig.storageGb) {
    throw new Ec2Error(
      `${scope.region}: the image ${imageId} needs a root volume of ${minimum} GiB, ` +
        `but the configuration says ${scope.regionConfig.storageGb}`,
      {
        kind: 'invalid',
        region: scope.region,
        hint: `Set "instance_storage_gb" to ${minimum} or more.`,
      },
    );
  }
  return { imageId, rootDevice };
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
