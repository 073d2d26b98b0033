/**
 * Address of an instance's page in the EC2 console, which has a domain of its own in each partition
 * of AWS; undefined in partitions whose console is not reachable from outside.
 * https://docs.aws.amazon.com/general/latest/gr/mgmt-console.html
 */
export const consoleLink = (region: string, instanceId: string): string | undefined => {
  const domain = consoleDomain(region);
  return domain === undefined
    ? undefined
    : `https://${region}.${domain}/ec2/home?region=${region}#InstanceDetails:instanceId=${instanceId}`;
};

const consoleDomain = (region: string): string | undefined => {
  if (region.startsWith('cn-')) return 'console.amazonaws.cn';
  if (region.startsWith('us-gov-')) return 'console.amazonaws-us-gov.com';
  if (region.startsWith('eusc-')) return 'console.amazonaws-eusc.eu';
  if (/^(?:us|eu)-iso[a-z]*-/.test(region)) return undefined;
  return 'console.aws.amazon.com';
};
