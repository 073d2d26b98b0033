import type { Handler } from './recording-endpoint.ts';

/** Tags as EC2 writes them. */
export const tagSet = (tags: Readonly<Record<string, string>>): string =>
  `<tagSet>${Object.entries(tags)
    .map(([key, value]) => `<item><key>${key}</key><value>${value}</value></item>`)
    .join('')}</tagSet>`;

export const ours = { 'spot-tui:deployment': 'orchard', 'spot-tui:version': '0.1.0' };

export const imageSet = (
  images: readonly {
    id: string;
    date?: string;
    architecture?: string;
    size?: number;
    state?: string;
  }[],
): string =>
  `<imagesSet>${images
    .map(
      ({
        id,
        date = '2026-05-01T00:00:00.000Z',
        architecture = 'x86_64',
        size = 8,
        state = 'available',
      }) =>
        `<item><imageId>${id}</imageId><imageState>${state}</imageState>` +
        `<architecture>${architecture}</architecture><creationDate>${date}</creationDate>` +
        '<rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/sda1</rootDeviceName>' +
        '<blockDeviceMapping><item><deviceName>/dev/sda1</deviceName><ebs>' +
        `<snapshotId>snap-1</snapshotId><volumeSize>${size}</volumeSize></ebs></item></blockDeviceMapping>` +
        '</item>',
    )
    .join('')}</imagesSet>`;

export const instanceTypeSet = (
  types: Readonly<Record<string, string>>,
  usage: readonly string[] = ['on-demand', 'spot'],
): string =>
  `<instanceTypeSet>${Object.entries(types)
    .map(
      ([name, architecture]) =>
        `<item><instanceType>${name}</instanceType><processorInfo><supportedArchitectures>` +
        `<item>${architecture}</item></supportedArchitectures></processorInfo>` +
        `<supportedUsageClasses>${usage.map((item) => `<item>${item}</item>`).join('')}` +
        '</supportedUsageClasses></item>',
    )
    .join('')}</instanceTypeSet>`;

export const offeringSet = (offerings: readonly (readonly [string, string])[]): string =>
  `<instanceTypeOfferingSet>${offerings
    .map(
      ([type, zone]) =>
        `<item><instanceType>${type}</instanceType><locationType>availability-zone</locationType>` +
        `<location>${zone}</location></item>`,
    )
    .join('')}</instanceTypeOfferingSet>`;

export const subnetSet = (
  subnets: readonly { id: string; zone: string; vpc?: string; free?: number }[],
): string =>
  `<subnetSet>${subnets
    .map(
      ({ id, zone, vpc = 'vpc-default', free = 4091 }) =>
        `<item><subnetId>${id}</subnetId><state>available</state><vpcId>${vpc}</vpcId>` +
        `<availableIpAddressCount>${free}</availableIpAddressCount>` +
        `<availabilityZone>${zone}</availabilityZone></item>`,
    )
    .join('')}</subnetSet>`;

export const groupSet = (
  groups: readonly {
    id: string;
    name: string;
    tags?: Readonly<Record<string, string>>;
    permissions?: string;
  }[],
): string =>
  `<securityGroupInfo>${groups
    .map(
      ({ id, name, tags = ours, permissions = '' }) =>
        `<item><groupId>${id}</groupId><groupName>${name}</groupName><vpcId>vpc-default</vpcId>` +
        `<ipPermissions>${permissions}</ipPermissions>${tagSet(tags)}</item>`,
    )
    .join('')}</securityGroupInfo>`;

export const permission = (port: number, cidr: string): string =>
  `<item><ipProtocol>tcp</ipProtocol><fromPort>${port}</fromPort><toPort>${port}</toPort>` +
  `<groups/><ipRanges><item><cidrIp>${cidr}</cidrIp></item></ipRanges></item>`;

export const keySet = (
  keys: readonly { name: string; tags?: Readonly<Record<string, string>> }[],
): string =>
  `<keySet>${keys
    .map(
      ({ name, tags = ours }) =>
        `<item><keyPairId>key-${name}</keyPairId><keyName>${name}</keyName>` +
        `<keyFingerprint>aa:bb</keyFingerprint>${tagSet(tags)}</item>`,
    )
    .join('')}</keySet>`;

export const templateSet = (
  templates: readonly { id: string; name: string; tags?: Readonly<Record<string, string>> }[],
): string =>
  `<launchTemplates>${templates
    .map(
      ({ id, name, tags = ours }) =>
        `<item><launchTemplateId>${id}</launchTemplateId><launchTemplateName>${name}` +
        '</launchTemplateName><defaultVersionNumber>1</defaultVersionNumber>' +
        `<latestVersionNumber>1</latestVersionNumber>${tagSet(tags)}</item>`,
    )
    .join('')}</launchTemplates>`;

export type ShownInstance = {
  readonly id: string;
  readonly state?: string;
  readonly publicAddress?: string;
  readonly privateAddress?: string;
  readonly zone?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly stateReason?: string;
};

/** One reservation for each instance, as a fleet launches them. */
export const reservationSet = (instances: readonly ShownInstance[], nextToken = ''): string =>
  `<reservationSet>${instances
    .map(
      (instance) =>
        '<item><reservationId>r-1</reservationId><ownerId>123456789012</ownerId><groupSet/>' +
        `<instancesSet><item><instanceId>${instance.id}</instanceId><imageId>ami-1</imageId>` +
        `<instanceState><code>16</code><name>${instance.state ?? 'running'}</name></instanceState>` +
        (instance.privateAddress === undefined
          ? ''
          : `<privateIpAddress>${instance.privateAddress}</privateIpAddress>`) +
        (instance.publicAddress === undefined
          ? ''
          : `<ipAddress>${instance.publicAddress}</ipAddress>`) +
        (instance.stateReason === undefined
          ? ''
          : `<stateReason><code>${instance.stateReason}</code><message>…</message></stateReason>`) +
        '<instanceType>t3.medium</instanceType><launchTime>2026-05-01T10:00:00.000Z</launchTime>' +
        `<placement><availabilityZone>${instance.zone ?? 'us-west-2a'}</availabilityZone></placement>` +
        `<instanceLifecycle>spot</instanceLifecycle>${tagSet({ ...ours, ...instance.tags })}` +
        '</item></instancesSet></item>',
    )
    .join('')}</reservationSet>${nextToken === '' ? '' : `<nextToken>${nextToken}</nextToken>`}`;

export const fleetAnswer = (
  instances: readonly { ids: readonly string[]; subnet?: string; type?: string }[],
  errors: readonly { code: string; message: string; subnet?: string; zone?: string }[] = [],
): string =>
  '<fleetId>fleet-1</fleetId>' +
  `<errorSet>${errors
    .map(
      ({ code, message, subnet = 'subnet-a', zone }) =>
        '<item><launchTemplateAndOverrides><overrides><instanceType>t3.medium</instanceType>' +
        `<subnetId>${subnet}</subnetId>` +
        (zone === undefined ? '' : `<availabilityZone>${zone}</availabilityZone>`) +
        '</overrides></launchTemplateAndOverrides><lifecycle>spot</lifecycle>' +
        `<errorCode>${code}</errorCode><errorMessage>${message}</errorMessage></item>`,
    )
    .join('')}</errorSet>` +
  `<fleetInstanceSet>${instances
    .map(
      ({ ids, subnet = 'subnet-a', type = 't3.medium' }) =>
        '<item><launchTemplateAndOverrides><overrides>' +
        `<instanceType>${type}</instanceType><subnetId>${subnet}</subnetId>` +
        '</overrides></launchTemplateAndOverrides><lifecycle>spot</lifecycle>' +
        `<instanceIds>${ids.map((id) => `<item>${id}</item>`).join('')}</instanceIds>` +
        `<instanceType>${type}</instanceType></item>`,
    )
    .join('')}</fleetInstanceSet>`;

/** An account with a default VPC in which nothing was ever launched. */
export const emptyAccount = (): Record<string, Handler | string> => ({
  DescribeInstanceTypes: instanceTypeSet({ 't3.medium': 'x86_64' }),
  DescribeInstanceTypeOfferings: offeringSet([
    ['t3.medium', 'us-west-2a'],
    ['t3.medium', 'us-west-2b'],
  ]),
  DescribeImages: imageSet([{ id: 'ami-1' }]),
  DescribeVpcs:
    '<vpcSet><item><vpcId>vpc-default</vpcId><isDefault>true</isDefault></item></vpcSet>',
  DescribeSubnets: subnetSet([
    { id: 'subnet-a', zone: 'us-west-2a' },
    { id: 'subnet-b', zone: 'us-west-2b' },
    { id: 'subnet-c', zone: 'us-west-2c' },
  ]),
  DescribeInternetGateways: '<internetGatewaySet/>',
  DescribeSecurityGroups: groupSet([]),
  CreateSecurityGroup: '<return>true</return><groupId>sg-ours</groupId>',
  AuthorizeSecurityGroupIngress: '<return>true</return>',
  DescribeKeyPairs: keySet([]),
  ImportKeyPair: '<keyName>imported</keyName><keyPairId>key-1</keyPairId>',
  DescribeLaunchTemplates: templateSet([]),
  CreateLaunchTemplate:
    '<launchTemplate><launchTemplateId>lt-ours</launchTemplateId>' +
    '<latestVersionNumber>1</latestVersionNumber></launchTemplate>',
  CreateTags: '<return>true</return>',
  DescribeTags: '<tagSet/>',
  DescribeVolumes: '<volumeSet/>',
  DescribeInstances: reservationSet([]),
  CreateFleet: launchAll,
});

const launchAll: Handler = (form) => {
  const count = Number(form['TargetCapacitySpecification.TotalTargetCapacity']);
  return fleetAnswer([{ ids: Array.from({ length: count }, (_, index) => `i-${index}`) }]);
};
