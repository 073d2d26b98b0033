import type { Action } from './call.ts';
import { accountId } from './cloud.ts';
import { Ec2Failure } from './failure.ts';
import { select } from './filters.ts';
import { checkForm, stableId } from './identifiers.ts';
import type { Architecture } from './instance-types.ts';
import { pageOf, refusePagesOfIds } from './pages.ts';
import type { Region } from './region.ts';

/** A machine image of a region. */
export type Image = {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly architecture: Architecture;
  /** ISO 8601. */
  readonly creationDate: string;
  readonly description: string;
  readonly rootDevice: string;
  readonly snapshotId: string;
  readonly sizeGb: number;
  readonly volumeType: string;
};

/** https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/ */
const canonical = '099720109477';
/** https://wiki.debian.org/Cloud/AmazonEC2Image */
const debian = '136693071363';
/** Somebody who publishes an image under a name that looks like Canonical's. */
const somebody = '210987654321';

type Release = {
  readonly owner: string;
  readonly date: string;
  readonly name: (architecture: string, serial: string) => string;
  readonly description: (architecture: string) => string;
};

const ubuntu = (
  path: string,
  release: string,
  words: string,
  dates: readonly string[],
): Release[] =>
  dates.map((date) => ({
    owner: canonical,
    date,
    name: (architecture, serial) => `${path}/ubuntu-${release}-${architecture}-server-${serial}`,
    description: (architecture) => `Canonical, Ubuntu, ${words}, ${architecture} ${release} image`,
  }));

const releases: readonly Release[] = [
  ...ubuntu('ubuntu/images/hvm-ssd', 'jammy-22.04', '22.04 LTS', ['2024-03-01', '2025-05-30']),
  ...ubuntu('ubuntu/images/hvm-ssd-gp3', 'noble-24.04', '24.04 LTS', [
    '2024-04-23',
    '2025-01-15',
    '2025-06-10',
    '2024-12-12',
  ]),
  ...ubuntu('ubuntu/images/hvm-ssd-gp3', 'plucky-25.04', '25.04', ['2025-07-01']),
  ...ubuntu('ubuntu/images-testing/hvm-ssd-gp3', 'noble-daily', '24.04 LTS', ['2025-07-02']),
  {
    owner: debian,
    date: '2025-06-20',
    name: (architecture, serial) => `debian-12-${architecture}-${serial}-2150`,
    description: () => 'Debian 12',
  },
  {
    owner: somebody,
    date: '2025-07-04',
    name: (architecture, serial) =>
      `ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-${architecture}-server-${serial}`,
    description: () => 'Not from Canonical',
  },
];

const imagesOf = (region: Region): Image[] =>
  releases.flatMap((release) =>
    (['x86_64', 'arm64'] as const).map((architecture) => {
      const shortName = architecture === 'x86_64' ? 'amd64' : 'arm64';
      const name = release.name(shortName, release.date.replaceAll('-', ''));
      const creationDate = `${release.date}T06:47:21.000Z`;
      return {
        id: stableId('ami', region.name, release.owner, name),
        name,
        owner: release.owner,
        architecture,
        creationDate,
        description: release.description(shortName),
        rootDevice: release.owner === debian ? '/dev/xvda' : '/dev/sda1',
        snapshotId: stableId('snap', region.name, release.owner, name),
        sizeGb: 8,
        volumeType: 'gp3',
      };
    }),
  );

/** @throws Ec2Failure `InvalidAMIID.NotFound` or `InvalidAMIID.Malformed` */
export const imageOf = (region: Region, id: string): Image => {
  checkForm('AMIID', 'ami', id);
  const image = imagesOf(region).find((candidate) => candidate.id === id);
  if (image === undefined) throw unknownImages([id]);
  return image;
};

const unknownImages = (ids: readonly string[]): Ec2Failure =>
  new Ec2Failure(
    'InvalidAMIID.NotFound',
    ids.length === 1
      ? `The image id '[${ids[0]}]' does not exist`
      : `The image ids '[${ids.join(', ')}]' do not exist`,
  );

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html */
export const describeImages: Action = ({ cloud, region, parameters }) => {
  parameters.accept('IncludeDeprecated', 'IncludeDisabled', 'ExecutableBy');
  const images = imagesOf(region);
  const ids = parameters.texts('ImageId');
  for (const id of ids) checkForm('AMIID', 'ami', id);
  const unknown = ids.filter((id) => !images.some((image) => image.id === id));
  if (unknown.length > 0) throw unknownImages(unknown);
  refusePagesOfIds(parameters, ids, 'imagesSet');
  const owners = parameters.texts('Owner');
  const found = select(
    parameters,
    images,
    {
      'image-id': (image) => [image.id],
      name: (image) => [image.name],
      description: (image) => [image.description],
      architecture: (image) => [image.architecture],
      'owner-id': (image) => [image.owner],
      'creation-date': (image) => [image.creationDate],
      state: () => ['available'],
      'is-public': () => ['true'],
      'image-type': () => ['machine'],
      'root-device-type': () => ['ebs'],
      'root-device-name': (image) => [image.rootDevice],
      'virtualization-type': () => ['hvm'],
      'block-device-mapping.volume-type': (image) => [image.volumeType],
      'ena-support': () => ['true'],
      hypervisor: () => ['xen'],
    },
    () => new Map(),
  )
    .filter((image) => ids.length === 0 || ids.includes(image.id))
    .filter((image) => owners.length === 0 || owners.some((owner) => owns(owner, image)));
  const page = pageOf(parameters, found, cloud.largestPage);
  return () => ({ imagesSet: page.items.map(describe), nextToken: page.nextToken });
};

const owns = (owner: string, image: Image): boolean =>
  owner === image.owner || (owner === 'self' && image.owner === accountId);

const describe = (image: Image) => ({
  imageId: image.id,
  imageLocation: `${image.owner}/${image.name}`,
  imageState: 'available',
  imageOwnerId: image.owner,
  creationDate: image.creationDate,
  isPublic: true,
  architecture: image.architecture,
  imageType: 'machine',
  name: image.name,
  description: image.description,
  rootDeviceType: 'ebs',
  rootDeviceName: image.rootDevice,
  blockDeviceMapping: [
    {
      deviceName: image.rootDevice,
      ebs: {
        deleteOnTermination: true,
        snapshotId: image.snapshotId,
        volumeSize: image.sizeGb,
        volumeType: image.volumeType,
        encrypted: false,
      },
    },
  ],
  virtualizationType: 'hvm',
  hypervisor: 'xen',
  enaSupport: true,
  sriovNetSupport: 'simple',
  platformDetails: 'Linux/UNIX',
  usageOperation: 'RunInstances',
  bootMode: image.architecture === 'arm64' ? 'uefi' : 'uefi-preferred',
});
