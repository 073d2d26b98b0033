import type { Action } from './call.ts';
import { accountId } from './cloud.ts';
import { Ec2Failure, invalidValue } from './failure.ts';
import { select } from './filters.ts';
import { checkForm, newId } from './identifiers.ts';
import { pageOf, refusePagesOfIds } from './pages.ts';
import type { Region } from './region.ts';
import { putTags, tagSet, tagSpecifications, tagsFor, tagsOf } from './tags.ts';
import { vpcOf } from './vpcs.ts';
import type { XmlFields } from './xml.ts';

/** A VPC's way to the internet. */
export type InternetGateway = {
  readonly id: string;
  /** What it is attached to; undefined while that is nothing. */
  vpcId: string | undefined;
};

/** What an account may have in a region unless it asks for more. */
const mostGateways = 5;

/** @throws Ec2Failure `InvalidInternetGatewayID.NotFound` or `.Malformed` */
export const internetGatewayOf = (region: Region, id: string): InternetGateway => {
  checkForm('InternetGatewayID', 'igw', id);
  const gateway = region.internetGateways.get(id);
  if (gateway === undefined) {
    throw new Ec2Failure(
      'InvalidInternetGatewayID.NotFound',
      `The internetGateway ID '${id}' does not exist`,
    );
  }
  return gateway;
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateInternetGateway.html */
export const createInternetGateway: Action = ({ region, parameters }) => {
  const tags = tagsFor(tagSpecifications(parameters, ['internet-gateway']), 'internet-gateway');
  if (region.internetGateways.size >= mostGateways) {
    throw new Ec2Failure(
      'InternetGatewayLimitExceeded',
      'The maximum number of internet gateways has been reached.',
    );
  }
  return () => {
    const gateway: InternetGateway = { id: newId('igw'), vpcId: undefined };
    region.internetGateways.set(gateway.id, gateway);
    putTags(region, gateway.id, tags);
    return { internetGateway: describeGateway(region, gateway) };
  };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInternetGateways.html */
export const describeInternetGateways: Action = ({ cloud, region, parameters }) => {
  const ids = parameters.texts('InternetGatewayId');
  for (const id of ids) internetGatewayOf(region, id);
  refusePagesOfIds(parameters, ids, 'internetGatewaySet');
  const found = select(
    parameters,
    region.internetGateways.values(),
    {
      'internet-gateway-id': (gateway) => [gateway.id],
      'attachment.vpc-id': ({ vpcId }) => (vpcId === undefined ? [] : [vpcId]),
      'attachment.state': ({ vpcId }) => (vpcId === undefined ? [] : ['available']),
      'owner-id': () => [accountId],
    },
    (gateway) => tagsOf(region, gateway.id),
  ).filter((gateway) => ids.length === 0 || ids.includes(gateway.id));
  const page = pageOf(parameters, found, cloud.largestPage);
  return () => ({
    internetGatewaySet: page.items.map((gateway) => describeGateway(region, gateway)),
    nextToken: page.nextToken,
  });
};

const describeGateway = (region: Region, { id, vpcId }: InternetGateway): XmlFields => ({
  internetGatewayId: id,
  ownerId: accountId,
  attachmentSet: vpcId === undefined ? [] : [{ vpcId, state: 'available' }],
  tagSet: tagSet(tagsOf(region, id)),
});

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachInternetGateway.html */
export const attachInternetGateway: Action = ({ region, parameters }) => {
  const gateway = internetGatewayOf(region, parameters.required('InternetGatewayId'));
  const vpc = vpcOf(region, parameters.required('VpcId'));
  if (gateway.vpcId !== undefined) {
    throw new Ec2Failure(
      'Resource.AlreadyAssociated',
      `resource ${gateway.id} is already attached to network ${gateway.vpcId}`,
    );
  }
  if ([...region.internetGateways.values()].some(({ vpcId }) => vpcId === vpc.id)) {
    throw invalidValue(`Network ${vpc.id} already has an internet gateway attached`);
  }
  return () => {
    gateway.vpcId = vpc.id;
    return { return: true };
  };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachInternetGateway.html */
export const detachInternetGateway: Action = ({ region, parameters }) => {
  const gateway = internetGatewayOf(region, parameters.required('InternetGatewayId'));
  const vpc = vpcOf(region, parameters.required('VpcId'));
  if (gateway.vpcId !== vpc.id) {
    throw new Ec2Failure(
      'Gateway.NotAttached',
      `resource ${gateway.id} is not attached to network ${vpc.id}`,
    );
  }
  const isMapped = [...region.instances.values()].some(
    ({ isPublic, state, subnet }) => isPublic && state !== 'terminated' && subnet.vpcId === vpc.id,
  );
  if (isMapped) {
    throw new Ec2Failure(
      'DependencyViolation',
      `Network ${vpc.id} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
    );
  }
  return () => {
    gateway.vpcId = undefined;
    return { return: true };
  };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteInternetGateway.html */
export const deleteInternetGateway: Action = ({ region, parameters }) => {
  const gateway = internetGatewayOf(region, parameters.required('InternetGatewayId'));
  if (gateway.vpcId !== undefined) {
    throw new Ec2Failure(
      'DependencyViolation',
      `The internetGateway '${gateway.id}' has dependencies and cannot be deleted.`,
    );
  }
  return () => {
    region.internetGateways.delete(gateway.id);
    region.tags.delete(gateway.id);
    return { return: true };
  };
};
