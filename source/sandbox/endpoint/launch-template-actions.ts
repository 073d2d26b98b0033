import type { Action } from './call.ts';
import { accountId } from './cloud.ts';
import { Ec2Failure, invalidValue, missingParameter } from './failure.ts';
import { select } from './filters.ts';
import { newId } from './identifiers.ts';
import { describeLaunchData, overlay, readLaunchData } from './launch-data.ts';
import {
  type LaunchTemplate,
  type LaunchTemplateVersion,
  requestedTemplate,
  templateNamed,
  templateOf,
  versionOf,
} from './launch-template.ts';
import { pageOf, refusePagesOfIds } from './pages.ts';
import type { Parameters } from './parameters.ts';
import type { Region } from './region.ts';
import { putTags, tagSet, tagSpecifications, tagsFor, tagsOf } from './tags.ts';
import type { XmlFields } from './xml.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html */
export const createLaunchTemplate: Action = ({ cloud, region, parameters, caller }) => {
  const name = parameters.required('LaunchTemplateName');
  const data = readLaunchData(requiredData(parameters));
  const description = parameters.text('VersionDescription');
  const tags = tagsFor(tagSpecifications(parameters, ['launch-template']), 'launch-template');
  if (!/^[a-zA-Z0-9().\-/_]{3,128}$/.test(name)) {
    throw new Ec2Failure(
      'InvalidLaunchTemplateName.MalformedException',
      'A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the following characters: - ( ) . / _.',
    );
  }
  if ([...region.launchTemplates.values()].some((template) => template.name === name)) {
    throw new Ec2Failure(
      'InvalidLaunchTemplateName.AlreadyExistsException',
      'Launch template name already in use.',
    );
  }
  return () => {
    const createdAt = cloud.clock.now();
    const template: LaunchTemplate = {
      id: newId('lt'),
      name,
      createdAt,
      createdBy: `arn:aws:iam::${accountId}:user/${caller.accessKeyId}`,
      defaultVersion: 1,
      versions: [{ number: 1, description, createdAt, data }],
    };
    region.launchTemplates.set(template.id, template);
    putTags(region, template.id, tags);
    return { launchTemplate: describeTemplate(region, template) };
  };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplateVersion.html */
export const createLaunchTemplateVersion: Action = ({ cloud, region, parameters }) => {
  const template = requestedTemplate(region, parameters);
  const source = parameters.text('SourceVersion');
  const data = readLaunchData(requiredData(parameters));
  const description = parameters.text('VersionDescription');
  const lower = source === undefined ? undefined : versionOf(template, source).data;
  return () => {
    const version: LaunchTemplateVersion = {
      number: (template.versions.at(-1)?.number ?? 0) + 1,
      description,
      createdAt: cloud.clock.now(),
      data: lower === undefined ? data : overlay(lower, data),
    };
    template.versions.push(version);
    return { launchTemplateVersion: describeVersion(template, version) };
  };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyLaunchTemplate.html */
export const modifyLaunchTemplate: Action = ({ region, parameters }) => {
  const template = requestedTemplate(region, parameters);
  const version = versionOf(template, parameters.required('SetDefaultVersion'));
  return () => {
    template.defaultVersion = version.number;
    return { launchTemplate: describeTemplate(region, template) };
  };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteLaunchTemplate.html */
export const deleteLaunchTemplate: Action = ({ region, parameters }) => {
  const template = requestedTemplate(region, parameters);
  return () => {
    const described = describeTemplate(region, template);
    region.launchTemplates.delete(template.id);
    region.tags.delete(template.id);
    return { launchTemplate: described };
  };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplates.html */
export const describeLaunchTemplates: Action = ({ cloud, region, parameters }) => {
  const ids = parameters.texts('LaunchTemplateId');
  const names = parameters.texts('LaunchTemplateName');
  const named = [
    ...ids.map((id) => templateOf(region, id)),
    ...names.map((name) => templateNamed(region, name)),
  ];
  refusePagesOfIds(parameters, [...ids, ...names], 'launchTemplateIdSet');
  const found = select(
    parameters,
    named.length > 0 ? named : region.launchTemplates.values(),
    {
      'launch-template-name': (template) => [template.name],
      'create-time': (template) => [new Date(template.createdAt).toISOString()],
    },
    (template) => tagsOf(region, template.id),
  );
  const page = pageOf(parameters, found, cloud.largestPage, {
    smallest: 1,
    largest: 200,
    usual: 200,
  });
  return () => ({
    launchTemplates: page.items.map((template) => describeTemplate(region, template)),
    nextToken: page.nextToken,
  });
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplateVersions.html */
export const describeLaunchTemplateVersions: Action = ({ cloud, region, parameters }) => {
  const asked = parameters.texts('LaunchTemplateVersion');
  parameters.accept('ResolveAlias');
  const isNamed =
    parameters.text('LaunchTemplateId') !== undefined ||
    parameters.text('LaunchTemplateName') !== undefined;
  const found = isNamed
    ? versionsOfOne(requestedTemplate(region, parameters), asked, parameters)
    : versionsOfAll(region, asked);
  const filtered = select(parameters, found, {
    'image-id': ({ version }) => optional(version.data.imageId),
    'instance-type': ({ version }) => optional(version.data.instanceType),
    'is-default-version': ({ template, version }) => [
      String(version.number === template.defaultVersion),
    ],
  });
  const page = pageOf(parameters, filtered, cloud.largestPage, {
    smallest: 1,
    largest: 200,
    usual: 200,
  });
  return () => ({
    launchTemplateVersionSet: page.items.map(({ template, version }) =>
      describeVersion(template, version),
    ),
    nextToken: page.nextToken,
  });
};

type VersionOfTemplate = {
  readonly template: LaunchTemplate;
  readonly version: LaunchTemplateVersion;
};

/** Newest first, as EC2 has them. */
const versionsOfOne = (
  template: LaunchTemplate,
  asked: readonly string[],
  parameters: Parameters,
): VersionOfTemplate[] => {
  const smallest = parameters.integer('MinVersion') ?? 1;
  const largest = parameters.integer('MaxVersion') ?? Number.POSITIVE_INFINITY;
  const versions =
    asked.length > 0
      ? asked.map((version) => versionOf(template, version))
      : template.versions.filter(({ number }) => number >= smallest && number <= largest).reverse();
  return versions.map((version) => ({ template, version }));
};

const versionsOfAll = (region: Region, asked: readonly string[]): VersionOfTemplate[] => {
  if (asked.length === 0) throw missingParameter('LaunchTemplateId');
  if (asked.some((version) => version !== '$Latest' && version !== '$Default')) {
    throw invalidValue('Without a launch template, only $Latest and $Default can be described');
  }
  return [...region.launchTemplates.values()].flatMap((template) =>
    asked.map((version) => ({ template, version: versionOf(template, version) })),
  );
};

const requiredData = (parameters: Parameters): Parameters => {
  const data = parameters.structure('LaunchTemplateData');
  if (data === undefined) throw missingParameter('LaunchTemplateData');
  return data;
};

const describeTemplate = (region: Region, template: LaunchTemplate): XmlFields => ({
  launchTemplateId: template.id,
  launchTemplateName: template.name,
  createTime: new Date(template.createdAt),
  createdBy: template.createdBy,
  defaultVersionNumber: template.defaultVersion,
  latestVersionNumber: template.versions.at(-1)?.number,
  tagSet: tagSet(tagsOf(region, template.id)),
});

const describeVersion = (template: LaunchTemplate, version: LaunchTemplateVersion): XmlFields => ({
  launchTemplateId: template.id,
  launchTemplateName: template.name,
  versionNumber: version.number,
  versionDescription: version.description,
  createTime: new Date(version.createdAt),
  createdBy: template.createdBy,
  defaultVersion: version.number === template.defaultVersion,
  launchTemplateData: describeLaunchData(version.data),
});

const optional = (value: string | undefined): string[] => (value === undefined ? [] : [value]);
