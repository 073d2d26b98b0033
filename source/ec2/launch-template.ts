import { createHash } from 'node:crypto';
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DescribeLaunchTemplateVersionsCommand,
  type LaunchTemplateInstanceNetworkInterfaceSpecificationRequest,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { Ec2Error } from './errors.ts';
import type { Image } from './images.ts';
import { findNamedTemplate } from './named-template.ts';
import type { Ipv6Only } from './network.ts';
import { persist } from './persist.ts';
import { ask } from './request.ts';
import { isOurs, launchTags, resourceName, tagSpecification, toTags } from './resource-tags.ts';
import type { RegionScope } from './scope.ts';

/** The deployment's launch template with the version to launch. */
export type LaunchTemplate = {
  readonly templateId: string;
  readonly version: string;
};

/** A template that is there, with the digest of its latest version's content. */
export type FoundTemplate = LaunchTemplate & { readonly digest: string | undefined };

/** What an instance is launched with. */
export type TemplateContent = {
  readonly image: Image;
  readonly keyName: string;
  readonly securityGroupIds: readonly string[];
  /** Before base64. */
  readonly userData: string;
  /** Present where the instances go into subnets that have IPv6 addresses only. */
  readonly ipv6Only?: Ipv6Only;
};

/** EC2's limit for user data before base64; bytes. */
const maximumUserData = 16_384;

/**
 * Everything about an instance that is the same for all launches: IMDSv2 only, an encrypted gp3
 * root, and the tags of the volumes. What differs from launch to launch (types, subnets, price, the
 * instances' tags with their generation) is in the `CreateFleet` request.
 */
export const templateData = (
  scope: RegionScope,
  content: TemplateContent,
): RequestLaunchTemplateData => ({
  ImageId: content.image.imageId,
  KeyName: content.keyName,
  UserData: Buffer.from(content.userData).toString('base64'),
  BlockDeviceMappings: [
    {
      DeviceName: content.image.rootDevice,
      Ebs: {
        VolumeSize: scope.regionConfig.storageGb,
        VolumeType: 'gp3',
        Encrypted: true,
        DeleteOnTermination: true,
      },
    },
  ],
  NetworkInterfaces: [
    {
      DeviceIndex: 0,
      ...addressesOf(scope, content.ipv6Only),
      DeleteOnTermination: true,
      Groups: [...content.securityGroupIds],
    },
  ],
  // Two hops, because containers are one away.
  MetadataOptions: {
    HttpEndpoint: 'enabled',
    HttpTokens: 'required',
    HttpPutResponseHopLimit: 2,
    ...(content.ipv6Only === undefined ? {} : { HttpProtocolIpv6: 'enabled' }),
  },
  InstanceInitiatedShutdownBehavior: 'terminate',
  TagSpecifications: [{ ResourceType: 'volume', Tags: toTags(launchTags(scope)) }],
});

/**
 * Which addresses an instance's interface is to get. EC2 refuses to say anything of public IPv4
 * addresses where there is no IPv4.
 */
export const addressesOf = (
  { config }: Pick<RegionScope, 'config'>,
  ipv6Only: Ipv6Only | undefined,
): Pick<
  LaunchTemplateInstanceNetworkInterfaceSpecificationRequest,
  'AssociatePublicIpAddress' | 'Ipv6AddressCount'
> => {
  if (ipv6Only === undefined) return { AssociatePublicIpAddress: config.network.associatePublicIp };
  return ipv6Only.assigns ? {} : { Ipv6AddressCount: 1 };
};

/** Rejects user data that EC2 would refuse, before anything is made. */
export const checkUserData = (scope: RegionScope, userData: string): void => {
  const size = Buffer.byteLength(userData);
  if (size <= maximumUserData) return;
  throw new Ec2Error(
    `${scope.region}: the user data has ${size} bytes, and EC2 takes ${maximumUserData}`,
    {
      kind: 'invalid',
      region: scope.region,
      hint: 'Shorten "cloud_init_template": what is large belongs into "files_directory".',
    },
  );
};

/** The deployment's template, if it is there. Rejects when somebody else's has its name. */
export const findLaunchTemplate = async (
  scope: RegionScope,
  signal: AbortSignal,
): Promise<FoundTemplate | undefined> => {
  const name = resourceName(scope);
  const doing = `look up the launch template ${name}`;
  const template = await findNamedTemplate(scope, name, doing, signal);
  const templateId = template?.LaunchTemplateId;
  if (template === undefined || templateId === undefined) return undefined;
  if (!isOurs(scope, template.Tags)) {
    throw new Ec2Error(
      `${scope.region}: there is a launch template ${name} (${templateId}) that spot-tui did not make`,
      {
        kind: 'invalid',
        region: scope.region,
        hint: 'Choose another "deployment" name, or remove that launch template.',
      },
    );
  }
  const versions = await ask(
    scope,
    { doing, action: 'DescribeLaunchTemplateVersions' },
    signal,
    (options) =>
      scope.client.send(
        new DescribeLaunchTemplateVersionsCommand({
          LaunchTemplateId: templateId,
          Versions: ['$Latest'],
        }),
        options,
      ),
  );
  const [latest] = versions.LaunchTemplateVersions ?? [];
  return {
    templateId,
    version: String(latest?.VersionNumber ?? template.LatestVersionNumber ?? 1),
    digest: latest?.VersionDescription,
  };
};

/** Makes the template, or a new version of it where the content differs from the latest one. */
export const ensureLaunchTemplate = async (
  scope: RegionScope,
  found: FoundTemplate | undefined,
  data: RequestLaunchTemplateData,
  signal: AbortSignal,
): Promise<LaunchTemplate> => {
  const digest = digestOf(data);
  if (found?.digest === digest) return found;
  return found === undefined
    ? createTemplate(scope, data, digest, signal)
    : createVersion(scope, found, data, digest, signal);
};

/** Input of `CreateLaunchTemplate` for the deployment. */
export const templateRequest = (scope: RegionScope, data: RequestLaunchTemplateData) => ({
  LaunchTemplateName: resourceName(scope),
  LaunchTemplateData: data,
  VersionDescription: digestOf(data),
  TagSpecifications: [tagSpecification(scope, 'launch-template')],
});

const createTemplate = async (
  scope: RegionScope,
  data: RequestLaunchTemplateData,
  digest: string,
  signal: AbortSignal,
): Promise<LaunchTemplate> => {
  const name = resourceName(scope);
  try {
    const answer = await ask(
      scope,
      { doing: `make the launch template ${name}`, action: 'CreateLaunchTemplate' },
      signal,
      (options) =>
        scope.client.send(new CreateLaunchTemplateCommand(templateRequest(scope, data)), options),
    );
    const templateId = answer.LaunchTemplate?.LaunchTemplateId;
    if (templateId === undefined) throw new TypeError('a launch template without an id');
    return { templateId, version: '1' };
  } catch (error) {
    if (
      !(error instanceof Ec2Error) ||
      error.code !== 'InvalidLaunchTemplateName.AlreadyExistsException'
    ) {
      throw error;
    }
    // Another create was faster, or this one's first try did arrive.
    const found = await findLaunchTemplate(scope, signal);
    if (found === undefined) throw error;
    return found.digest === digest ? found : createVersion(scope, found, data, digest, signal);
  }
};

const createVersion = async (
  scope: RegionScope,
  found: FoundTemplate,
  data: RequestLaunchTemplateData,
  digest: string,
  signal: AbortSignal,
): Promise<LaunchTemplate> => {
  const answer = await persist(
    scope,
    { codes: /^InvalidLaunchTemplateId\.NotFound$/, patience: scope.patience.visibility, signal },
    () =>
      ask(
        scope,
        {
          doing: `make a new version of the launch template ${resourceName(scope)}`,
          action: 'CreateLaunchTemplateVersion',
        },
        signal,
        (options) =>
          scope.client.send(
            new CreateLaunchTemplateVersionCommand({
              LaunchTemplateId: found.templateId,
              LaunchTemplateData: data,
              VersionDescription: digest,
            }),
            options,
          ),
      ),
  );
  const version = answer.LaunchTemplateVersion?.VersionNumber;
  if (version === undefined) throw new TypeError('a launch template version without a number');
  return { templateId: found.templateId, version: String(version) };
};

/** Kept as the version's description, so that the content need not be compared with EC2's copy. */
const digestOf = (data: RequestLaunchTemplateData): string =>
  `sha256:${createHash('sha256').update(JSON.stringify(data)).digest('hex')}`;
