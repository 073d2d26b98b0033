import { type Ec2ErrorKind, type Ec2ExitStatus, exitStatusOf } from './error-kinds.ts';

/** What a code means for the person in front of the terminal. */
export type Explanation = {
  readonly kind: Ec2ErrorKind;
  readonly hint: string;
  readonly exitStatus: Ec2ExitStatus;
};

/** What is known when EC2 answers with an error. */
export type ErrorFacts = {
  readonly region: string;
  /** Such as `InvalidAMIID.NotFound`; empty where the error has none. */
  readonly code: string;
  readonly message: string;
  /** The API action, such as `CreateFleet`, or `ssm:GetParameter` of another service. */
  readonly action?: string;
};

type Rule = {
  readonly code: RegExp;
  readonly message?: RegExp;
  readonly kind: Ec2ErrorKind;
  readonly hint: (facts: ErrorFacts) => string;
  readonly exitStatus?: Ec2ExitStatus;
};

/** Who answered: an action of another service than EC2 is written with its prefix. */
const serviceOf = ({ action = '' }: Pick<ErrorFacts, 'action'>): string => {
  if (action.startsWith('ssm:')) return 'Parameter Store';
  return action.startsWith('secretsmanager:') ? 'Secrets Manager' : 'EC2';
};

const quotaHint = ({ region }: ErrorFacts) =>
  `Ask for a higher limit under "Service Quotas" in the AWS console (Amazon EC2, ${region}), ` +
  'or ask for fewer or smaller instances.';

const enableRegionHint = ({ region }: ErrorFacts) =>
  `Enable the region for the account (aws account enable-region --region-name ${region}) ` +
  'or take it out of the configuration.';

/**
 * First match wins. Codes are those of
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html and of the errors
 * that CreateFleet reports per pool.
 */
const rules: readonly Rule[] = [
  {
    code: /./,
    message: /Credential should be scoped to a valid region/i,
    kind: 'region',
    hint: ({ region }) => `Check the spelling of "${region}" under "regions" in the configuration.`,
  },
  {
    code: /^AuthFailure\.ServiceLinkedRoleCreationNotPermitted$/,
    kind: 'permission',
    hint: () =>
      'The account has never used spot fleets. Once, as an administrator: ' +
      'aws iam create-service-linked-role --aws-service-name spot.amazonaws.com and the same ' +
      'for ec2fleet.amazonaws.com.',
  },
  {
    code: /^AuthFailure$/,
    message: /Not authorized for images/i,
    kind: 'not-found',
    hint: () => 'The image is private: ask its owner to share it, or use "image: auto".',
  },
  {
    code: /^AuthFailure$/,
    kind: 'credentials',
    hint: ({ region }) =>
      'Check the credentials with "aws sts get-caller-identity"; if they are right, the region is ' +
      `probably not enabled for the account: aws account enable-region --region-name ${region}.`,
  },
  {
    code: /^(RequestExpired|ExpiredToken(Exception)?)$/,
    kind: 'credentials',
    hint: () =>
      'Get new credentials, for example with "aws sso login" or "aws login", and check that ' +
      "this machine's clock is right.",
  },
  {
    code: /^(InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|MissingAuthenticationToken(Exception)?|SignatureDoesNotMatch|InvalidSignature(Exception)?|IncompleteSignature)$/,
    kind: 'credentials',
    hint: () =>
      'Check the credentials with "aws sts get-caller-identity", and that this machine\'s clock ' +
      'is right.',
  },
  {
    code: /^(AccessDeniedException|DecryptionFailure|InvalidKeyId|KMS\w+Exception)$/,
    message: /\bKMS\b|ciphertext/i,
    kind: 'permission',
    hint: ({ message }) =>
      `Ask for the permission ${deniedAction(message) ?? 'kms:Decrypt'} on the key that it is encrypted with.`,
  },
  {
    code: /^(UnauthorizedOperation|AccessDenied(Exception)?|Blocked)$/,
    kind: 'permission',
    hint: ({ message, action }) =>
      `Ask for the permission ${deniedAction(message) ?? permissionOf(action)}, ` +
      'or use another profile (--profile).',
  },
  {
    code: /^PendingVerification$/,
    kind: 'permission',
    hint: () => 'AWS is still verifying the account for this region: try again in some minutes.',
  },
  {
    code: /^OptInRequired$/,
    message: /marketplace/i,
    kind: 'invalid',
    hint: () => 'Accept the terms of the image in the AWS Marketplace, or use "image: auto".',
  },
  { code: /^(OptInRequired|InvalidRegion)$/, kind: 'region', hint: enableRegionHint },
  {
    code: /^(RequestLimitExceeded|Throttling(Exception)?|Throttled(Exception)?|EC2ThrottledException|RequestThrottled(Exception)?|TooManyRequestsException|SlowDown)$/,
    kind: 'throttling',
    hint: (facts) =>
      `${serviceOf(facts)} limits how often an account may call it: try again in a minute.`,
  },
  {
    code: /^SpotMaxPriceTooLow$/,
    kind: 'capacity',
    hint: () =>
      'Raise "spot_price_limit" (or --max-price), or leave it out: then the on-demand price is the limit.',
  },
  {
    code: /^InsufficientFreeAddressesInSubnet$/,
    kind: 'capacity',
    hint: () => 'The subnet has no addresses left: use another one, or more zones.',
  },
  {
    code: /^(InsufficientInstanceCapacity|InsufficientCapacity|InsufficientHostCapacity|InsufficientVolumeCapacity|UnfulfillableCapacity|Unsupported)$/,
    kind: 'capacity',
    hint: ({ region }) =>
      `Run the command again later, name more "instance_types" for ${region}, ` +
      'or use another region.',
  },
  {
    code: /^(RulesPerSecurityGroupLimitExceeded|SecurityGroupsPerInterfaceLimitExceeded)$/,
    kind: 'quota',
    hint: () =>
      'Remove rules that are no longer needed from the security group: spot-tui adds one for ' +
      'each address that it is called from.',
  },
  {
    code: /^(Vpc|InternetGateway)LimitExceeded$/,
    kind: 'quota',
    hint: ({ region }) =>
      'A deployment with "use_dedicated_vpc" has one in each region: remove those that nobody uses, ' +
      `name a VPC with "vpc_id", or ask for a higher limit under "Service Quotas" (Amazon VPC, ${region}).`,
  },
  {
    code: /(LimitExceeded|CountExceeded|QuotaExceeded|LimitReached)$/,
    kind: 'quota',
    hint: quotaHint,
  },
  {
    code: /^(InvalidInstanceType|InvalidInstanceType\.NotFound)$/,
    kind: 'not-found',
    hint: ({ region }) =>
      `See what there is: aws ec2 describe-instance-type-offerings --region ${region} ` +
      "--query 'InstanceTypeOfferings[].InstanceType'.",
  },
  {
    code: /^InvalidAMIID\./,
    kind: 'not-found',
    hint: ({ region }) =>
      `An image belongs to one region: use one of ${region}, or "image: auto" for the latest ` +
      'Ubuntu 24.04 LTS.',
  },
  {
    code: /^Invalid(VpcI[dD]|VpcID|SubnetI[dD]|SubnetID|Group|GroupId|SecurityGroupID|KeyPair)\.(NotFound|Malformed)$/,
    kind: 'not-found',
    hint: ({ region }) =>
      `Check the name or id in the configuration: it must exist in ${region}, in this account.`,
  },
  {
    code: /^Invalid(InstanceI[dD]|InstanceID|LaunchTemplate(Id|Name))\.(NotFound|NotFoundException|VersionNotFound)$/,
    kind: 'not-found',
    hint: () => 'It is gone, or so new that EC2 does not show it yet: run the command again.',
    exitStatus: 1,
  },
  {
    code: /^OperationNotPermitted$/,
    message: /disableApiTermination/,
    kind: 'conflict',
    hint: ({ region }) =>
      'Someone switched termination protection on. Off again: aws ec2 modify-instance-attribute ' +
      `--region ${region} --no-disable-api-termination --instance-id <id>.`,
  },
  {
    code: /^(DependencyViolation|InvalidGroup\.InUse)$/,
    kind: 'conflict',
    hint: () => 'Something still uses it: run `spot-tui destroy` again in some minutes.',
  },
  {
    code: /^IdempotentParameterMismatch$/,
    kind: 'conflict',
    hint: () =>
      'An earlier launch has gone through and its instances are about to show up: run the ' +
      'command again.',
  },
  {
    code: /^(OperationNotPermitted|Incorrect(Instance)?State|.*\.Duplicate|.*\.AlreadyExistsException)$/,
    kind: 'conflict',
    hint: () => 'Run the command again.',
  },
  {
    code: /^(InternalError|InternalFailure|InternalServerError|InternalServiceError|ServiceUnavailable|Unavailable|ServerInternal)$/,
    kind: 'unavailable',
    hint: ({ region, ...facts }) =>
      `${serviceOf(facts)} has trouble in ${region} (https://health.aws.amazon.com/health/status): ` +
      'run the command again later.',
  },
  {
    code: /^Parameter(Version)?NotFound$/,
    kind: 'not-found',
    hint: ({ region }) =>
      `Correct the name: aws ssm describe-parameters --region ${region} lists what there is.`,
  },
  {
    code: /^ResourceNotFoundException$/,
    kind: 'not-found',
    hint: ({ region }) =>
      `Correct the name: aws secretsmanager list-secrets --region ${region} lists what there is.`,
  },
  {
    code: /^InvalidRequestException$/,
    message: /deletion/,
    kind: 'conflict',
    exitStatus: 2,
    hint: ({ region }) =>
      `Take it back with aws secretsmanager restore-secret --region ${region}, or name another one.`,
  },
  {
    code: /\.NotFound(Exception)?$/,
    kind: 'not-found',
    hint: ({ region }) => `Check that it exists in ${region}, in this account.`,
  },
  {
    code: /^(Invalid|Malformed|Missing|Validation|Unknown(?!$|Error$))/,
    kind: 'invalid',
    hint: () => 'Check what the configuration says about it.',
  },
];

/** The action that EC2's message says was denied, such as `ec2:CreateFleet`. */
const deniedAction = (message: string): string | undefined =>
  /is not authorized to perform: ([\w-]+:\w+)/.exec(message)?.[1];

const permissionOf = (action = '*'): string => (action.includes(':') ? action : `ec2:${action}`);

/** What EC2's code and message mean for the person in front of the terminal. */
export const explainCode = (facts: ErrorFacts): Explanation => {
  const rule = rules.find(
    ({ code, message }) => code.test(facts.code) && (message?.test(facts.message) ?? true),
  );
  if (rule === undefined) {
    return {
      kind: 'unexpected',
      hint: `Look ${facts.code === '' ? 'the message' : facts.code} up in the API reference of ${serviceOf(facts)}, or report it.`,
      exitStatus: exitStatusOf('unexpected'),
    };
  }
  return {
    kind: rule.kind,
    hint: rule.hint(facts),
    exitStatus: rule.exitStatus ?? exitStatusOf(rule.kind),
  };
};
