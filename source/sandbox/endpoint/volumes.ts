import type { Action } from './call.ts';
import { Ec2Failure } from './failure.ts';
import { select } from './filters.ts';
import { checkForm } from './identifiers.ts';
import type { Instance } from './instance.ts';
import { pageOf, refusePagesOfIds } from './pages.ts';
import type { Region } from './region.ts';
import { tagSet, tagsOf } from './tags.ts';
import type { Zone } from './zones.ts';

/** The root volume of an instance. */
export type Volume = {
  readonly id: string;
  readonly zone: Zone;
  readonly device: string;
  readonly sizeGb: number;
  readonly type: string;
  readonly encrypted: boolean;
  readonly snapshotId: string;
  readonly deleteOnTermination: boolean;
  readonly createdAt: number;
  /** Absent once the instance is gone and the volume stayed. */
  instanceId: string | undefined;
};

/** What happens to a volume when its instance is gone. */
export const releaseVolume = (region: Region, instance: Instance): void => {
  const volume = region.volumes.get(instance.volumeId);
  if (volume === undefined) return;
  if (volume.deleteOnTermination) {
    region.volumes.delete(volume.id);
    region.tags.delete(volume.id);
  } else {
    volume.instanceId = undefined;
  }
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumes.html */
export const describeVolumes: Action = ({ cloud, region, parameters }) => {
  const ids = parameters.texts('VolumeId');
  for (const id of ids) {
    checkForm('VolumeID', 'vol', id);
    if (!region.volumes.has(id)) {
      throw new Ec2Failure('InvalidVolume.NotFound', `The volume '${id}' does not exist.`);
    }
  }
  refusePagesOfIds(parameters, ids, 'volumeIdSet');
  const found = select(
    parameters,
    region.volumes.values(),
    {
      'volume-id': (volume) => [volume.id],
      'attachment.instance-id': (volume) => optional(volume.instanceId),
      'attachment.device': (volume) => (volume.instanceId === undefined ? [] : [volume.device]),
      'availability-zone': (volume) => [volume.zone.name],
      encrypted: (volume) => [String(volume.encrypted)],
      size: (volume) => [String(volume.sizeGb)],
      status: (volume) => [statusOf(volume)],
      'volume-type': (volume) => [volume.type],
    },
    (volume) => tagsOf(region, volume.id),
  ).filter((volume) => ids.length === 0 || ids.includes(volume.id));
  const page = pageOf(parameters, found, cloud.largestPage);
  return () => ({
    volumeSet: page.items.map((volume) => ({
      volumeId: volume.id,
      size: volume.sizeGb,
      volumeType: volume.type,
      encrypted: volume.encrypted,
      snapshotId: volume.snapshotId,
      availabilityZone: volume.zone.name,
      availabilityZoneId: volume.zone.id,
      status: statusOf(volume),
      createTime: new Date(volume.createdAt),
      multiAttachEnabled: false,
      attachmentSet:
        volume.instanceId === undefined
          ? []
          : [
              {
                volumeId: volume.id,
                instanceId: volume.instanceId,
                device: volume.device,
                status: 'attached',
                attachTime: new Date(volume.createdAt),
                deleteOnTermination: volume.deleteOnTermination,
              },
            ],
      tagSet: tagSet(tagsOf(region, volume.id)),
    })),
    nextToken: page.nextToken,
  });
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVolume.html */
export const deleteVolume: Action = ({ region, parameters }) => {
  const id = parameters.required('VolumeId');
  checkForm('VolumeID', 'vol', id);
  const volume = region.volumes.get(id);
  if (volume === undefined) {
    throw new Ec2Failure('InvalidVolume.NotFound', `The volume '${id}' does not exist.`);
  }
  if (volume.instanceId !== undefined) {
    throw new Ec2Failure(
      'VolumeInUse',
      `Volume ${id} is currently attached to ${volume.instanceId}`,
    );
  }
  return () => {
    region.volumes.delete(id);
    region.tags.delete(id);
    return { return: true };
  };
};

const statusOf = (volume: Volume): string =>
  volume.instanceId === undefined ? 'available' : 'in-use';

const optional = (value: string | undefined): string[] => (value === undefined ? [] : [value]);
