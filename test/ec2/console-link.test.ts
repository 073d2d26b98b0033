import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consoleLink } from '../../source/ec2/console-link.ts';

test('an instance has its page in the console of its partition', () => {
  const hostOf = (region: string): string | undefined => {
    const link = consoleLink(region, 'i-1');
    if (link === undefined) return undefined;
    const { hash, host, search } = new URL(link);
    assert.deepEqual([search, hash], [`?region=${region}`, '#InstanceDetails:instanceId=i-1']);
    return host;
  };
  assert.equal(hostOf('eu-west-1'), 'eu-west-1.console.aws.amazon.com');
  assert.equal(hostOf('cn-north-1'), 'cn-north-1.console.amazonaws.cn');
  assert.equal(hostOf('us-gov-west-1'), 'us-gov-west-1.console.amazonaws-us-gov.com');
  assert.equal(hostOf('eusc-de-east-1'), 'eusc-de-east-1.console.amazonaws-eusc.eu');
  assert.equal(hostOf('us-iso-east-1'), undefined);
  assert.equal(hostOf('us-isob-east-1'), undefined);
});
