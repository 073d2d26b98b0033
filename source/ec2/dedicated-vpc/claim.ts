import { CreateLaunchTemplateCommand, DeleteLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import { tagNames } from '../cloud.ts';
import { Ec2Error } from '../errors.ts';
import { findNamedTemplate } from '../named-template.ts';
import { persist } from '../persist.ts';
import { ask } from '../request.ts';
import { fromTags, isOurs, launchTags, resourceName, toTags } from '../resource-tags.ts';
import type { RegionScope } from '../scope.ts';

/** Which VPC is the deployment's, as everybody sees it. */
export type Claim = { readonly templateId: string; readonly vpcId: string };

/** No deployment's own template is called like this: its name has no slash. */
const claimName = (scope: RegionScope): string => `${resourceName(scope)}/vpc`;

/**
 * The claim that stands, if there is one.
 *
 * `CreateVpc` has no client token, so that two machines can make two VPCs at once. Names of launch
 * templates are unique in a region: an empty one that nobody launches with names the VPC that
 * counts, and whoever comes second with another one finds it.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html
 */
export const findClaim = async (
  scope: RegionScope,
  signal: AbortSignal,
): Promise<Claim | undefined> => {
  const name = claimName(scope);
  const template = await findNamedTemplate(
    scope,
    name,
    `look up the launch template ${name}`,
    signal,
  );
  if (!isOurs(scope, template?.Tags)) return undefined;
  const vpcId = fromTags(template?.Tags)[tagNames.vpc];
  const templateId = template?.LaunchTemplateId;
  return templateId === undefined || vpcId === undefined ? undefined : { templateId, vpcId };
};

/** Claims the VPC for the deployment. Returns the claim that stands, which may be another's. */
export const makeClaim = async (
  scope: RegionScope,
  vpcId: string,
  signal: AbortSignal,
): Promise<Claim> => {
  try {
    const answer = await ask(
      scope,
      { doing: `note that ${vpcId} is the deployment's`, action: 'CreateLaunchTemplate' },
      signal,
      (options) =>
        scope.client.send(new CreateLaunchTemplateCommand(claimRequest(scope, vpcId)), options),
    );
    const templateId = answer.LaunchTemplate?.LaunchTemplateId;
    if (templateId === undefined) throw new TypeError('a launch template without an id');
    return { templateId, vpcId };
  } catch (error) {
    if (!(error instanceof Ec2Error) || !isTaken.test(error.code ?? '')) throw error;
    // Somebody else was faster, or this one's first try did arrive.
    return persist(
      scope,
      { codes: isTaken, patience: scope.patience.visibility, signal },
      async () => {
        const standing = await findClaim(scope, signal);
        if (standing === undefined) throw error;
        return standing;
      },
    );
  }
};

const isTaken = /^InvalidLaunchTemplateName\.AlreadyExistsException$/;

/** Takes a claim away whose VPC is gone. */
export const dropClaim = async (
  scope: RegionScope,
  { templateId, vpcId }: Claim,
  signal: AbortSignal,
): Promise<void> => {
  try {
    await ask(
      scope,
      { doing: `forget ${vpcId}, which is gone`, action: 'DeleteLaunchTemplate' },
      signal,
      (options) =>
        scope.client.send(
          new DeleteLaunchTemplateCommand({ LaunchTemplateId: templateId }),
          options,
        ),
    );
  } catch (error) {
    if (!(error instanceof Ec2Error) || error.kind !== 'not-found') throw error;
  }
};

/** EC2 takes no template without content: what it says is true of all our instances. */
const claimRequest = (scope: RegionScope, vpcId: string) => ({
  LaunchTemplateName: claimName(scope),
  VersionDescription: vpcId,
  LaunchTemplateData: { InstanceInitiatedShutdownBehavior: 'terminate' as const },
  TagSpecifications: [
    {
      ResourceType: 'launch-template' as const,
      Tags: toTags({ ...launchTags(scope), [tagNames.vpc]: vpcId }),
    },
  ],
});
