import {
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeLaunchTemplatesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVolumesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';

/** What a region of the endpoint holds that a new account does not, by id. */
export const remainsOf = async (endpoint: string, region: string): Promise<string[]> => {
  const client = new EC2Client({
    endpoint,
    region,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'of the tests' },
  });
  const instances = await client.send(new DescribeInstancesCommand({}));
  const groups = await client.send(new DescribeSecurityGroupsCommand({}));
  const templates = await client.send(new DescribeLaunchTemplatesCommand({}));
  const keys = await client.send(new DescribeKeyPairsCommand({}));
  const volumes = await client.send(new DescribeVolumesCommand({}));
  client.destroy();
  return [
    ...(instances.Reservations ?? [])
      .flatMap((reservation) => reservation.Instances ?? [])
      .filter((instance) => instance.State?.Name !== 'terminated')
      .map(({ InstanceId }) => InstanceId),
    ...(groups.SecurityGroups ?? [])
      .filter(({ GroupName }) => GroupName !== 'default')
      .map(({ GroupId }) => GroupId),
    ...(templates.LaunchTemplates ?? []).map(({ LaunchTemplateId }) => LaunchTemplateId),
    ...(keys.KeyPairs ?? []).map(({ KeyPairId }) => KeyPairId),
    ...(volumes.Volumes ?? []).map(({ VolumeId }) => VolumeId),
  ].map(String);
};
