import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  type Filter,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import { Ec2Error } from './errors.ts';
import { missingRules, toPermission, wantedRules } from './ingress-rules.ts';
import type { Network } from './network.ts';
import { persist } from './persist.ts';
import { ask, askForPages } from './request.ts';
import { isOurs, resourceName, tagSpecification } from './resource-tags.ts';
import type { RegionScope } from './scope.ts';
import { findSshSources } from './ssh-sources.ts';

/** The deployment's group as far as it exists, and the ids of the groups besides it. */
export type SecurityGroups = {
  readonly own: SecurityGroup | undefined;
  readonly others: readonly string[];
};

/**
 * Looks up the deployment's group and the configured ones, which may be named by id or by name.
 * Rejects when a configured one does not exist, or when somebody else's has the deployment's name.
 */
export const findSecurityGroups = async (
  scope: RegionScope,
  vpcId: string,
  signal: AbortSignal,
): Promise<SecurityGroups> => {
  const configured = scope.config.network.securityGroups;
  const ids = configured.filter((group) => group.startsWith('sg-'));
  const names = configured.filter((group) => !group.startsWith('sg-'));
  const inVpc = { Name: 'vpc-id', Values: [vpcId] };
  const own = resourceName(scope);
  const groups = [
    ...(await describeGroups(
      scope,
      [inVpc, { Name: 'group-name', Values: [own, ...names] }],
      signal,
    )),
    ...(ids.length === 0
      ? []
      : await describeGroups(scope, [inVpc, { Name: 'group-id', Values: ids }], signal)),
  ];
  const others = configured.map((wanted) => {
    const group = groups.find(
      ({ GroupId, GroupName }) => wanted === GroupId || wanted === GroupName,
    );
    if (group?.GroupId === undefined) {
      throw new Ec2Error(`${scope.region}: there is no security group ${wanted} in ${vpcId}`, {
        kind: 'not-found',
        region: scope.region,
        hint: `Correct "security_groups": aws ec2 describe-security-groups --region ${scope.region}.`,
      });
    }
    return group.GroupId;
  });
  const group = groups.find(({ GroupName }) => GroupName === own);
  if (group !== undefined && !isOurs(scope, group.Tags)) {
    throw new Ec2Error(
      `${scope.region}: there is a security group ${own} (${group.GroupId}) that spot-tui did not make`,
      {
        kind: 'invalid',
        region: scope.region,
        hint: 'Choose another "deployment" name, or remove that group.',
      },
    );
  }
  return { own: group, others };
};

/**
 * Makes the deployment's group where it is missing and adds the rules that it lacks; rules that
 * are there stay, since another machine may need them. Returns the ids of all groups to attach.
 */
export const ensureSecurityGroups = async (
  scope: RegionScope,
  network: Network,
  found: SecurityGroups,
  signal: AbortSignal,
): Promise<string[]> => {
  const group = found.own ?? (await createGroup(scope, network.vpcId, signal));
  const groupId = group.GroupId;
  if (groupId === undefined) throw new TypeError('a security group without an id');
  const missing = missingRules(await rulesFor(scope, network, signal), group.IpPermissions ?? []);
  if (missing.length > 0) {
    await persist(
      scope,
      { codes: /^InvalidGroup\.NotFound$/, patience: scope.patience.visibility, signal },
      () => authorize(scope, groupId, missing.map(toPermission), signal),
    );
  }
  return [groupId, ...found.others.filter((other) => other !== groupId)];
};

/** What the configuration wants opened: SSH for the caller, the services' ports for everyone. */
export const rulesFor = async (scope: RegionScope, network: Network, signal: AbortSignal) =>
  wantedRules(
    await findSshSources(scope, network, signal),
    scope.config.ssh.port,
    scope.config.network.openPorts,
  );

/** Input of `CreateSecurityGroup` for the deployment. */
export const groupRequest = (scope: RegionScope, vpcId: string) => ({
  GroupName: resourceName(scope),
  Description: `Nodes of the spot-tui deployment ${scope.config.deployment}`,
  VpcId: vpcId,
  TagSpecifications: [tagSpecification(scope, 'security-group')],
});

const createGroup = async (
  scope: RegionScope,
  vpcId: string,
  signal: AbortSignal,
): Promise<SecurityGroup> => {
  const name = resourceName(scope);
  try {
    const answer = await ask(
      scope,
      { doing: `make the security group ${name}`, action: 'CreateSecurityGroup' },
      signal,
      (options) =>
        scope.client.send(new CreateSecurityGroupCommand(groupRequest(scope, vpcId)), options),
    );
    return { GroupId: answer.GroupId, GroupName: name };
  } catch (error) {
    if (!(error instanceof Ec2Error) || error.code !== 'InvalidGroup.Duplicate') throw error;
    // Another create was faster, or this one's first try did arrive.
    const { own } = await findSecurityGroups(scope, vpcId, signal);
    if (own === undefined) throw error;
    return own;
  }
};

const authorize = async (
  scope: RegionScope,
  groupId: string,
  permissions: ReturnType<typeof toPermission>[],
  signal: AbortSignal,
): Promise<void> => {
  const question = {
    doing: `open ports in the security group ${groupId}`,
    action: 'AuthorizeSecurityGroupIngress',
  };
  const send = (some: typeof permissions) =>
    ask(scope, question, signal, (options) =>
      scope.client.send(
        new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: some }),
        options,
      ),
    );
  try {
    await send(permissions);
  } catch (error) {
    if (!(error instanceof Ec2Error) || error.code !== 'InvalidPermission.Duplicate') throw error;
    // One rule is there already and EC2 refused them all: it is enough that each is there.
    if (permissions.length === 1) return;
    for (const permission of permissions) {
      await authorize(scope, groupId, [permission], signal);
    }
  }
};

const describeGroups = (
  scope: RegionScope,
  filters: Filter[],
  signal: AbortSignal,
): Promise<SecurityGroup[]> =>
  askForPages(
    scope,
    { doing: 'look up security groups', action: 'DescribeSecurityGroups' },
    signal,
    async (token, options) => {
      const answer = await scope.client.send(
        new DescribeSecurityGroupsCommand({ Filters: filters, ...token }),
        options,
      );
      return { items: answer.SecurityGroups ?? [], nextToken: answer.NextToken };
    },
  );
