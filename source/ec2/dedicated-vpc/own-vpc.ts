import {
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeVpcsCommand,
  type Filter,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2';
import { pause } from '../abortable.ts';
import { Ec2Error } from '../errors.ts';
import { backOff } from '../persist.ts';
import { ask, askForPages } from '../request.ts';
import { deploymentFilter, tagSpecification } from '../resource-tags.ts';
import type { RegionScope } from '../scope.ts';
import { dropClaim, findClaim, makeClaim } from './claim.ts';
import { vpcBlock } from './plan.ts';
import { whileNew } from './while-new.ts';

/** The deployment's VPC; undefined while it has none that is claimed. */
export const findOwnVpc = async (
  scope: RegionScope,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const claim = await findClaim(scope, signal);
  if (claim === undefined) return undefined;
  return (await isThere(scope, claim.vpcId, signal)) ? claim.vpcId : undefined;
};

/**
 * The deployment's VPC, made where there is none. Whatever stopped an earlier try, and however many
 * try at once, there is one in the end: others are removed while they are empty, by whoever sees
 * them.
 */
export const ensureOwnVpc = async (scope: RegionScope, signal: AbortSignal): Promise<string> => {
  const standing = await findClaim(scope, signal);
  if (standing !== undefined) {
    if (await becomesVisible(scope, standing.vpcId, signal)) {
      await removeOthers(scope, standing.vpcId, signal);
      return standing.vpcId;
    }
    await dropClaim(scope, standing, signal);
  }
  const [first] = await taggedVpcs(scope, signal);
  const candidate = first ?? (await createVpc(scope, signal));
  const { vpcId } = await makeClaim(scope, candidate, signal);
  await removeOthers(scope, vpcId, signal);
  return vpcId;
};

/** Input of `CreateVpc` for the deployment. */
export const vpcRequest = (scope: RegionScope) => ({
  CidrBlock: vpcBlock,
  TagSpecifications: [tagSpecification(scope, 'vpc')],
});

const createVpc = async (scope: RegionScope, signal: AbortSignal): Promise<string> => {
  const answer = await ask(
    scope,
    { doing: 'make a VPC for the deployment', action: 'CreateVpc' },
    signal,
    (options) => scope.client.send(new CreateVpcCommand(vpcRequest(scope)), options),
  );
  const vpcId = answer.Vpc?.VpcId;
  if (vpcId === undefined) throw new TypeError('a VPC without an id');
  return vpcId;
};

/** Gives instances of the VPC names in its DNS. */
export const nameInstances = async (
  scope: RegionScope,
  vpcId: string,
  signal: AbortSignal,
): Promise<void> => {
  await whileNew(scope, signal, () =>
    ask(
      scope,
      { doing: `switch on DNS names in ${vpcId}`, action: 'ModifyVpcAttribute' },
      signal,
      (options) =>
        scope.client.send(
          new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }),
          options,
        ),
    ),
  );
};

/** What another create made a moment ago may not be shown yet. */
const becomesVisible = async (
  scope: RegionScope,
  vpcId: string,
  signal: AbortSignal,
): Promise<boolean> => {
  const giveUpAt = performance.now() + scope.patience.visibility;
  for (let tries = 0; ; tries += 1) {
    if (await isThere(scope, vpcId, signal)) return true;
    const wait = backOff(tries, scope.patience.firstPause, 5_000);
    if (performance.now() + wait > giveUpAt) return false;
    await pause(wait, signal);
  }
};

const isThere = async (scope: RegionScope, vpcId: string, signal: AbortSignal): Promise<boolean> =>
  (await describeVpcs(scope, { Name: 'vpc-id', Values: [vpcId] }, signal)).includes(vpcId);

/** In an order that is the same for everybody. */
const taggedVpcs = async (scope: RegionScope, signal: AbortSignal): Promise<string[]> =>
  (await describeVpcs(scope, deploymentFilter(scope), signal)).sort();

const describeVpcs = async (
  scope: RegionScope,
  filter: Filter,
  signal: AbortSignal,
): Promise<string[]> => {
  const vpcs = await askForPages(
    scope,
    { doing: "look for the deployment's VPC", action: 'DescribeVpcs' },
    signal,
    async (token, options) => {
      const answer = await scope.client.send(
        new DescribeVpcsCommand({ Filters: [filter], ...token }),
        options,
      );
      return { items: answer.Vpcs ?? [], nextToken: answer.NextToken };
    },
  );
  return vpcs.flatMap(({ VpcId }) => VpcId ?? []);
};

/** Nothing is ever made in a VPC that is not claimed, so that one that lost is empty. */
const removeOthers = async (
  scope: RegionScope,
  vpcId: string,
  signal: AbortSignal,
): Promise<void> => {
  const others = (await taggedVpcs(scope, signal)).filter((other) => other !== vpcId);
  for (const other of others) {
    try {
      await ask(
        scope,
        { doing: `remove ${other}, one VPC too many`, action: 'DeleteVpc' },
        signal,
        (options) => scope.client.send(new DeleteVpcCommand({ VpcId: other }), options),
      );
    } catch (error) {
      if (!(error instanceof Ec2Error)) throw error;
      // Gone already, or in use: `destroy` finds it by its tag.
      if (error.kind !== 'not-found') scope.onTrouble(error);
    }
  }
};
