import { Ec2Failure, invalidValue, missingParameter } from './failure.ts';
import type { LaunchData } from './launch-data.ts';
import type { Parameters } from './parameters.ts';
import type { Region } from './region.ts';

/** A stored set of launch data, in versions. */
export type LaunchTemplate = {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly createdBy: string;
  defaultVersion: number;
  /** The first is number 1. */
  readonly versions: LaunchTemplateVersion[];
};

export type LaunchTemplateVersion = {
  readonly number: number;
  readonly description: string | undefined;
  readonly createdAt: number;
  readonly data: LaunchData;
};

/** The template that a request names by id or by name. */
export const requestedTemplate = (region: Region, parameters: Parameters): LaunchTemplate => {
  const id = parameters.text('LaunchTemplateId');
  const name = parameters.text('LaunchTemplateName');
  if (id !== undefined) return templateOf(region, id);
  if (name !== undefined) return templateNamed(region, name);
  throw missingParameter('LaunchTemplateId');
};

/** @throws Ec2Failure `InvalidLaunchTemplateId.NotFound` or `.Malformed` */
export const templateOf = (region: Region, id: string): LaunchTemplate => {
  if (!/^lt-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) {
    throw new Ec2Failure(
      'InvalidLaunchTemplateId.Malformed',
      `Invalid launch template ID: '${id}'. The launch template ID must be in the format 'lt-...'.`,
    );
  }
  const template = region.launchTemplates.get(id);
  if (template === undefined) {
    throw new Ec2Failure(
      'InvalidLaunchTemplateId.NotFound',
      `The specified launch template, with template ID ${id}, does not exist.`,
    );
  }
  return template;
};

/** @throws Ec2Failure `InvalidLaunchTemplateName.NotFoundException` */
export const templateNamed = (region: Region, name: string): LaunchTemplate => {
  const templates = [...region.launchTemplates.values()];
  const template = templates.find((candidate) => candidate.name === name);
  if (template === undefined) {
    throw new Ec2Failure(
      'InvalidLaunchTemplateName.NotFoundException',
      `The specified launch template, with template name ${name}, does not exist.`,
    );
  }
  return template;
};

/**
 * The version of a template that a number, `$Latest` or `$Default` means.
 *
 * @throws Ec2Failure `InvalidLaunchTemplateId.VersionNotFound`
 */
export const versionOf = (template: LaunchTemplate, version: string): LaunchTemplateVersion => {
  if (!/^(\d+|\$Latest|\$Default)$/.test(version)) {
    throw invalidValue(`Invalid launch template version: ${version}`);
  }
  const found =
    version === '$Latest'
      ? template.versions.at(-1)
      : template.versions.find(
          ({ number }) =>
            number === (version === '$Default' ? template.defaultVersion : Number(version)),
        );
  if (found === undefined) {
    throw new Ec2Failure(
      'InvalidLaunchTemplateId.VersionNotFound',
      `Could not find the specified version ${version} for the launch template with ID ${template.id}.`,
    );
  }
  return found;
};
