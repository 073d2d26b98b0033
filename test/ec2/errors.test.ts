import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainCode } from '../../source/ec2/error-codes.ts';
import { toEc2Error } from '../../source/ec2/errors.ts';

const context = { region: 'us-west-2', doing: 'launch instances', action: 'CreateFleet' };

for (const [code, kind, exitStatus] of [
  ['InsufficientInstanceCapacity', 'capacity', 1],
  ['UnfulfillableCapacity', 'capacity', 1],
  ['Unsupported', 'capacity', 1],
  ['SpotMaxPriceTooLow', 'capacity', 1],
  ['InsufficientFreeAddressesInSubnet', 'capacity', 1],
  ['RequestLimitExceeded', 'throttling', 1],
  ['VcpuLimitExceeded', 'quota', 3],
  ['MaxSpotInstanceCountExceeded', 'quota', 3],
  ['MaxFleetCountExceeded', 'quota', 3],
  ['InstanceLimitExceeded', 'quota', 3],
  ['RulesPerSecurityGroupLimitExceeded', 'quota', 3],
  ['UnauthorizedOperation', 'permission', 3],
  ['AuthFailure', 'credentials', 3],
  ['RequestExpired', 'credentials', 3],
  ['InvalidClientTokenId', 'credentials', 3],
  ['OptInRequired', 'region', 2],
  ['InvalidAMIID.Malformed', 'not-found', 2],
  ['InvalidSubnetID.NotFound', 'not-found', 2],
  ['InvalidGroup.NotFound', 'not-found', 2],
  ['InvalidInstanceID.NotFound', 'not-found', 1],
  ['InvalidParameterValue', 'invalid', 2],
  ['InvalidFleetConfig', 'invalid', 2],
  ['DependencyViolation', 'conflict', 1],
  ['IdempotentParameterMismatch', 'conflict', 1],
  ['InternalError', 'unavailable', 1],
  ['SomethingThatIsNewNextYear', 'unexpected', 1],
] as const) {
  test(`${code} is a matter of ${kind}, with exit status ${exitStatus}`, () => {
    const explanation = explainCode({ region: 'us-west-2', code, message: '' });
    assert.equal(explanation.kind, kind);
    assert.equal(explanation.exitStatus, exitStatus);
    assert.ok(explanation.hint.length > 0);
  });
}

test('a session that has ended says how to start it again', () => {
  const error = Object.assign(
    new Error(
      'The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login with the corresponding profile.',
    ),
    { name: 'CredentialsProviderError' },
  );
  const { exitStatus, hint } = toEc2Error(error, { ...context, profile: 'orchard' });
  assert.equal(exitStatus, 3);
  assert.match(hint, /aws sso login --profile orchard/);
});

test('a host name of AWS that does not exist is a region that does not', () => {
  const error = Object.assign(new Error('getaddrinfo ENOTFOUND ec2.us-west-9.amazonaws.com'), {
    code: 'ENOTFOUND',
    hostname: 'ec2.us-west-9.amazonaws.com',
  });
  const { exitStatus, kind, hint } = toEc2Error(error, { ...context, region: 'us-west-9' });
  assert.equal(kind, 'region');
  assert.equal(exitStatus, 2);
  assert.match(hint, /no region "us-west-9", or no network/);
});

test('a host name of one’s own that does not exist is a network error', () => {
  const error = Object.assign(new Error('getaddrinfo ENOTFOUND ec2.example.internal'), {
    code: 'ENOTFOUND',
    hostname: 'ec2.example.internal',
  });
  assert.equal(toEc2Error(error, context).kind, 'network');
});

test('a certificate that is not AWS’s says where to name it', () => {
  const error = Object.assign(new Error('self-signed certificate in certificate chain'), {
    code: 'SELF_SIGNED_CERT_IN_CHAIN',
  });
  assert.match(toEc2Error(error, context).hint, /NODE_EXTRA_CA_CERTS/);
});

test('both addresses of a host refusing is one error with a reason', () => {
  const refused = (address: string) =>
    Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED' });
  const error = new AggregateError([refused('::1:9'), refused('127.0.0.1:9')], '');
  const { kind, message } = toEc2Error(error, context);
  assert.equal(kind, 'network');
  assert.equal(message, "us-west-2: can't launch instances: connect ECONNREFUSED ::1:9");
});
