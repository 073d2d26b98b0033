/** An action of EC2 that spot-tui calls, and what for. */
export type IamAction = {
  /** Without the service's prefix, such as `CreateFleet`. */
  readonly action: string;
  /** Completes "needed to …". */
  readonly purpose: string;
  /** What one does without where it is not allowed; absent where nothing works then. */
  readonly without?: string;
};

/** Looks at things and changes nothing; EC2 knows no resources for most of these actions. */
export const lookActions: readonly IamAction[] = [
  { action: 'DescribeInstances', purpose: 'find nodes by their tag, and watch them' },
  { action: 'DescribeInstanceTypes', purpose: 'know the architecture of the types' },
  { action: 'DescribeInstanceTypeOfferings', purpose: 'know the zones that have the types' },
  { action: 'DescribeImages', purpose: 'find the image' },
  { action: 'DescribeVpcs', purpose: 'find the network' },
  { action: 'DescribeSubnets', purpose: 'find the network' },
  { action: 'DescribeSecurityGroups', purpose: 'find the deployment’s security group' },
  { action: 'DescribeKeyPairs', purpose: 'find the deployment’s key pair' },
  { action: 'DescribeLaunchTemplates', purpose: 'find the deployment’s launch template' },
  { action: 'DescribeLaunchTemplateVersions', purpose: 'tell whether the template is up to date' },
  { action: 'DescribeFleets', purpose: 'find fleets to remove' },
  { action: 'DescribeVolumes', purpose: 'find volumes that were left behind' },
  { action: 'DescribeInternetGateways', purpose: 'find the parts of a VPC to remove' },
  { action: 'DescribeTags', purpose: 'prove that nothing is left' },
  {
    action: 'DescribeRegions',
    purpose: 'look for forgotten nodes in every region',
    without: 'only the regions of the configuration are looked at',
  },
  {
    action: 'DescribeSpotPriceHistory',
    purpose: 'show what nodes cost',
    without: 'prices are shown as unknown',
  },
  {
    action: 'GetConsoleOutput',
    purpose: 'verify host keys',
    without: 'host keys can’t be verified: see unverified_host_keys',
  },
];

/** Makes something new, which gets the deployment's tags in the same call. */
export const makeActions: readonly IamAction[] = [
  { action: 'CreateFleet', purpose: 'launch' },
  { action: 'RunInstances', purpose: 'launch: CreateFleet does it in the caller’s name' },
  { action: 'CreateLaunchTemplate', purpose: 'say what is launched' },
  { action: 'CreateSecurityGroup', purpose: 'let SSH in, and what the services need' },
  { action: 'ImportKeyPair', purpose: 'let the key in' },
];

/** Changes or removes things that carry the deployment's tag. */
export const changeActions: readonly IamAction[] = [
  { action: 'CreateTags', purpose: 'write names, and what is known of launches' },
  { action: 'CreateLaunchTemplateVersion', purpose: 'launch with a changed configuration' },
  { action: 'AuthorizeSecurityGroupIngress', purpose: 'let SSH in from where you are' },
  { action: 'TerminateInstances', purpose: 'terminate, replace and destroy' },
  { action: 'DeleteFleets', purpose: 'clean up' },
  { action: 'DeleteLaunchTemplate', purpose: 'clean up' },
  { action: 'DeleteSecurityGroup', purpose: 'clean up' },
  { action: 'DeleteKeyPair', purpose: 'clean up' },
  { action: 'DeleteVolume', purpose: 'clean up what was left behind' },
];

/**
 * A VPC of the deployment's own: only with `use_dedicated_vpc`. Some of these act on what has no
 * tag, such as the route table that a VPC comes with, or on what a rehearsal can't name yet.
 */
export const networkMakeActions: readonly IamAction[] = [
  { action: 'CreateVpc', purpose: 'make the network' },
  { action: 'CreateSubnet', purpose: 'make the network' },
  { action: 'CreateInternetGateway', purpose: 'make the network' },
  { action: 'AttachInternetGateway', purpose: 'make the network' },
  { action: 'DescribeRouteTables', purpose: 'make the network' },
  { action: 'CreateRoute', purpose: 'make the network' },
  { action: 'ReplaceRoute', purpose: 'mend the network' },
];

/** Actions of other services, with their prefixes: only where secrets are kept there. */
export const secretActions: readonly IamAction[] = [
  {
    action: 'ssm:GetParameter',
    purpose: 'look secrets up that are kept in Parameter Store',
    without: 'no `ssm:` in `secrets`',
  },
  {
    action: 'secretsmanager:GetSecretValue',
    purpose: 'look secrets up that are kept in Secrets Manager',
    without: 'no `secretsmanager:` in `secrets`',
  },
  {
    action: 'kms:Decrypt',
    purpose: 'decrypt them, where the key is one of your own and not AWS’',
    without: 'no secrets under that key',
  },
];

export const networkChangeActions: readonly IamAction[] = [
  { action: 'ModifyVpcAttribute', purpose: 'make the network' },
  { action: 'DetachInternetGateway', purpose: 'clean up' },
  { action: 'DeleteInternetGateway', purpose: 'clean up' },
  { action: 'DeleteSubnet', purpose: 'clean up' },
  { action: 'DeleteVpc', purpose: 'clean up' },
];
