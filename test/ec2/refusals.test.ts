import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import type { Ec2Error } from '../../source/ec2/errors.ts';
import {
  groupSet,
  imageSet,
  instanceTypeSet,
  offeringSet,
  subnetSet,
  templateSet,
} from './account.ts';
import { withEnvironment } from './environment.ts';
import type { Answer, Handler } from './recording-endpoint.ts';
import { openRegion, patient, type RegionSettings, startRegion } from './region.ts';
import { rejection } from './rejection.ts';

type Case = {
  readonly name: string;
  readonly handlers?: Readonly<Record<string, Handler | Answer>>;
  readonly settings?: RegionSettings;
  readonly userData?: string;
  readonly exitStatus: Ec2Error['exitStatus'];
  readonly message: RegExp;
  readonly hint: RegExp;
};

// Messages as EC2 words them.
const cases: readonly Case[] = [
  {
    name: 'an unknown instance type',
    handlers: {
      DescribeInstanceTypes: {
        code: 'InvalidInstanceType',
        message: 'The following supplied instance types do not exist: [t3.gigantic]',
      },
    },
    settings: { region: { instanceTypes: ['t3.gigantic'] } },
    exitStatus: 2,
    message: /^us-west-2: can't find the instance type t3\.gigantic: .* do not exist/,
    hint: /describe-instance-type-offerings --region us-west-2/,
  },
  {
    name: 'a type that is never a spot instance',
    handlers: {
      DescribeInstanceTypes: instanceTypeSet({ 'mac1.metal': 'x86_64' }, ['on-demand']),
    },
    settings: { region: { instanceTypes: ['mac1.metal'] } },
    exitStatus: 2,
    message: /mac1\.metal is never sold as a spot instance/,
    hint: /another instance type/,
  },
  {
    name: 'an unknown image',
    handlers: {
      DescribeImages: {
        code: 'InvalidAMIID.NotFound',
        message: "The image id '[ami-0123]' does not exist",
      },
    },
    settings: { region: { image: 'ami-0123' } },
    exitStatus: 2,
    message: /can't find the image ami-0123: The image id '\[ami-0123\]' does not exist/,
    hint: /belongs to one region/,
  },
  {
    name: 'an image of another architecture',
    handlers: { DescribeImages: imageSet([{ id: 'ami-0123', architecture: 'arm64' }]) },
    settings: { region: { image: 'ami-0123' } },
    exitStatus: 2,
    message: /ami-0123 is for arm64, but t3\.medium is x86_64/,
    hint: /image: auto/,
  },
  {
    name: 'an image that needs a larger volume',
    handlers: { DescribeImages: imageSet([{ id: 'ami-0123', size: 80 }]) },
    settings: { region: { image: 'ami-0123' } },
    exitStatus: 2,
    message: /needs a root volume of 80 GiB, but the configuration says 50/,
    hint: /"instance_storage_gb" to 80/,
  },
  {
    name: 'a region without Ubuntu images',
    handlers: { DescribeImages: imageSet([]) },
    exitStatus: 2,
    message: /there is no Ubuntu 24\.04 LTS image for amd64/,
    hint: /image: ami-/,
  },
  {
    name: 'an account without a default VPC',
    handlers: { DescribeVpcs: '<vpcSet/>' },
    exitStatus: 2,
    message: /us-west-2: the account has no default VPC/,
    hint: /aws ec2 create-default-vpc --region us-west-2/,
  },
  {
    name: 'a default VPC without subnets',
    handlers: { DescribeSubnets: subnetSet([]) },
    exitStatus: 2,
    message: /the default VPC vpc-default has no default subnet/,
    hint: /create-default-subnet/,
  },
  {
    name: 'an unknown subnet',
    handlers: {
      DescribeSubnets: {
        code: 'InvalidSubnetID.NotFound',
        message: "The subnet ID 'subnet-9' does not exist",
      },
    },
    settings: { network: { subnetId: 'subnet-9' } },
    exitStatus: 2,
    message: /can't find the subnet subnet-9/,
    hint: /must exist in us-west-2/,
  },
  {
    name: 'a subnet of another VPC',
    handlers: {
      DescribeSubnets: subnetSet([{ id: 'subnet-9', zone: 'us-west-2a', vpc: 'vpc-2' }]),
    },
    settings: { network: { subnetId: 'subnet-9', vpcId: 'vpc-1' } },
    exitStatus: 2,
    message: /subnet-9 is in vpc-2, not in vpc-1/,
    hint: /"vpc_id"/,
  },
  {
    name: 'an unknown VPC',
    handlers: {
      DescribeSubnets: subnetSet([]),
      DescribeVpcs: {
        code: 'InvalidVpcID.NotFound',
        message: "The vpc ID 'vpc-9' does not exist",
      },
    },
    settings: { network: { vpcId: 'vpc-9' } },
    exitStatus: 2,
    message: /can't find the VPC vpc-9/,
    hint: /must exist in us-west-2/,
  },
  {
    name: 'a security group for a dedicated VPC that is yet to be made',
    settings: { network: { useDedicatedVpc: true, securityGroups: ['sg-0123'] } },
    exitStatus: 2,
    message: /the security group sg-0123 can't be in a VPC that is yet to be made/,
    hint: /name their VPC with "vpc_id" instead of "use_dedicated_vpc"/,
  },
  {
    name: 'a type that no zone with a subnet offers',
    handlers: { DescribeInstanceTypeOfferings: offeringSet([['t3.medium', 'us-west-2d']]) },
    exitStatus: 2,
    message: /t3\.medium is not offered in us-west-2a, us-west-2b, us-west-2c/,
    hint: /subnet in a zone/,
  },
  {
    name: 'an unknown security group',
    settings: { network: { securityGroups: ['sg-0123'] } },
    exitStatus: 2,
    message: /no security group sg-0123 in vpc-default/,
    hint: /"security_groups"/,
  },
  {
    name: 'somebody else’s security group with our name',
    handlers: {
      DescribeSecurityGroups: groupSet([{ id: 'sg-9', name: 'spot-tui-orchard', tags: {} }]),
    },
    exitStatus: 2,
    message: /security group spot-tui-orchard \(sg-9\) that spot-tui did not make/,
    hint: /another "deployment" name/,
  },
  {
    name: 'somebody else’s launch template with our name',
    handlers: {
      DescribeLaunchTemplates: templateSet([{ id: 'lt-9', name: 'spot-tui-orchard', tags: {} }]),
    },
    exitStatus: 2,
    message: /launch template spot-tui-orchard \(lt-9\) that spot-tui did not make/,
    hint: /another "deployment" name/,
  },
  {
    name: 'an unknown key pair',
    settings: { ssh: { keyName: 'my-key' } },
    exitStatus: 2,
    message: /us-west-2: there is no key pair my-key/,
    hint: /"ssh_key_name"/,
  },
  {
    name: 'a public key of a type that EC2 does not take',
    settings: { publicKey: 'ecdsa-sha2-nistp256 AAAAE2VjZHNh someone' },
    exitStatus: 2,
    message: /is of the type ecdsa-sha2-nistp256/,
    hint: /ssh-keygen -t ed25519/,
  },
  {
    name: 'a private key in place of the public one',
    settings: { publicKey: '-----BEGIN OPENSSH PRIVATE KEY-----' },
    exitStatus: 2,
    message: /is not a public key/,
    hint: /It is a private key/,
  },
  {
    name: 'a missing public key',
    settings: { ssh: { publicKeyPath: '/nowhere/id.pub' } },
    exitStatus: 2,
    message: /can't read the public key \/nowhere\/id\.pub: ENOENT/,
    hint: /"public_ssh_key_path"/,
  },
  {
    name: 'too much user data',
    userData: 'x'.repeat(16_385),
    exitStatus: 2,
    message: /the user data has 16385 bytes, and EC2 takes 16384/,
    hint: /"files_directory"/,
  },
  {
    name: 'wrong credentials',
    handlers: everything({
      code: 'AuthFailure',
      message: 'AWS was not able to validate the provided access credentials',
      status: 401,
    }),
    exitStatus: 3,
    message: /AWS was not able to validate the provided access credentials \(AuthFailure\)/,
    hint: /aws sts get-caller-identity/,
  },
  {
    name: 'expired credentials',
    handlers: everything({ code: 'RequestExpired', message: 'Request has expired.' }),
    exitStatus: 3,
    message: /Request has expired/,
    hint: /aws sso login/,
  },
  {
    name: 'no permission',
    handlers: {
      CreateSecurityGroup: {
        code: 'UnauthorizedOperation',
        status: 403,
        message:
          'You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/ann ' +
          'is not authorized to perform: ec2:CreateSecurityGroup on resource: ' +
          'arn:aws:ec2:us-west-2:123456789012:security-group/* because no identity-based policy ' +
          'allows the ec2:CreateSecurityGroup action. Encoded authorization failure message: ' +
          'abcdefghijklmnopqrstuvwxyz0123456789',
      },
    },
    exitStatus: 3,
    message:
      /^us-west-2: can't make the security group .* policy allows the ec2:CreateSecurityGroup action\. \(UnauthorizedOperation\)$/,
    hint: /permission ec2:CreateSecurityGroup/,
  },
  {
    name: 'a region that does not exist, at an endpoint that knows',
    handlers: everything({
      code: 'SignatureDoesNotMatch',
      message: "Credential should be scoped to a valid region, not 'mars-north-1'. ",
      status: 403,
    }),
    settings: { region: { region: 'mars-north-1' } },
    exitStatus: 2,
    message: /mars-north-1/,
    hint: /spelling of "mars-north-1"/,
  },
  {
    name: 'a region that is not enabled',
    handlers: everything({
      code: 'OptInRequired',
      message:
        'You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe.',
    }),
    exitStatus: 2,
    message: /OptInRequired/,
    hint: /aws account enable-region --region-name us-west-2/,
  },
  {
    name: 'a limit of the account',
    handlers: {
      CreateSecurityGroup: {
        code: 'SecurityGroupLimitExceeded',
        message: 'The maximum number of security groups for VPC vpc-default has been reached.',
      },
    },
    exitStatus: 3,
    message: /SecurityGroupLimitExceeded/,
    hint: /Service Quotas/,
  },
];

for (const { name, handlers, settings, userData = '{}', exitStatus, message, hint } of cases) {
  test(`${name} ends with exit status ${exitStatus} and says what to do`, async (context) => {
    const { cloud, endpoint } = await startRegion(context, handlers, settings);
    const error = await rejection(cloud.prepare({ userData }, patient()));
    assert.match(error.message, message);
    assert.match(error.hint, hint);
    assert.equal(error.exitStatus, exitStatus);
    assert.doesNotMatch(`${error.message}${error.hint}`, /\n/);
    if (exitStatus === 2) {
      const changes = endpoint.requests.filter(({ action }) => !action.startsWith('Describe'));
      assert.deepEqual(changes, [], 'a wrong configuration must leave no traces');
    }
  });
}

test('without credentials there is a way on', async (context) => {
  const { folder } = await openRegion(context, 'http://127.0.0.1:9');
  await writeFile(path.join(folder, 'config'), '');
  await withEnvironment(
    {
      AWS_CONFIG_FILE: path.join(folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'config'),
    },
    async () => {
      const { cloud } = await openRegion(context, 'http://127.0.0.1:9', { findCredentials: true });
      const error = await rejection(cloud.describe(patient()));
      assert.equal(error.exitStatus, 3);
      assert.match(error.message, /Could not load credentials from any providers/);
      assert.match(error.hint, /aws sso login.*--sandbox/);
    },
  );
});

test('an unknown profile is named', async (context) => {
  const { folder } = await openRegion(context, 'http://127.0.0.1:9');
  await writeFile(path.join(folder, 'config'), '');
  await withEnvironment(
    {
      AWS_CONFIG_FILE: path.join(folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'config'),
    },
    async () => {
      const { cloud } = await openRegion(context, 'http://127.0.0.1:9', {
        findCredentials: true,
        config: { profile: 'orchard-admin' },
      });
      const error = await rejection(cloud.describe(patient()));
      assert.equal(error.exitStatus, 3);
      assert.match(`${error.message} ${error.hint}`, /orchard-admin/);
      assert.match(error.hint, /aws configure list-profiles/);
    },
  );
});

test('an endpoint that nobody listens on is a network error', async (context) => {
  const { endpoint, config } = await startRegion(context);
  const closed = endpoint.url;
  await endpoint.close();
  const { cloud } = await openRegion(context, closed, { config, options: { maximumAttempts: 1 } });
  const error = await rejection(cloud.describe(patient()));
  assert.equal(error.kind, 'network');
  assert.equal(error.exitStatus, 1);
  assert.match(
    error.message,
    /us-west-2: can't list the instances: connect ECONNREFUSED 127\.0\.0\.1/,
  );
  assert.match(error.hint, /AWS_ENDPOINT_URL_EC2/);
});

for (const [what, status, kind] of [
  ['a hotel’s sign-in page', 200, 'network'],
  ['a proxy’s refusal', 407, 'network'],
  ['a gateway’s error page', 502, 'unavailable'],
] as const) {
  test(`${what} is an error, and not a region without instances`, async (context) => {
    const page = { raw: (response: ServerResponse) => respondWithPage(response, status) };
    const { cloud } = await startRegion(
      context,
      { DescribeInstances: page },
      { options: { maximumAttempts: 1 } },
    );
    const error = await rejection(cloud.describe(patient()));
    assert.equal(error.kind, kind);
    assert.equal(error.exitStatus, 1);
    if (status < 500) {
      assert.match(error.message, /the answer is a web page \(text\/html\) and not from EC2/);
    }
  });
}

test('EC2 having trouble is not the caller’s fault', async (context) => {
  const { cloud } = await startRegion(
    context,
    {
      DescribeInstances: {
        code: 'InternalError',
        message: 'An internal error has occurred',
        status: 500,
      },
    },
    { options: { maximumAttempts: 1 } },
  );
  const error = await rejection(cloud.describe(patient()));
  assert.equal(error.kind, 'unavailable');
  assert.equal(error.exitStatus, 1);
});

test('an aborted call rejects at once with the signal’s reason', async (context) => {
  const { cloud } = await startRegion(context, { DescribeInstances: { raw: () => undefined } });
  const controller = new AbortController();
  const reason = new Error('enough');
  setTimeout(() => controller.abort(reason), 30);
  await assert.rejects(cloud.describe(controller.signal), reason);
});

const respondWithPage = (response: ServerResponse, status: number): void => {
  response.statusCode = status;
  response.setHeader('content-type', 'text/html');
  response.end('<html><body>Please sign in</body></html>');
};

function everything(answer: Answer): Record<string, Answer> {
  const actions = [
    'InstanceTypes',
    'InstanceTypeOfferings',
    'Images',
    'Vpcs',
    'Subnets',
    'SecurityGroups',
    'KeyPairs',
    'LaunchTemplates',
    'LaunchTemplateVersions',
    'Instances',
  ];
  return Object.fromEntries(actions.map((name) => [`Describe${name}`, answer]));
}
