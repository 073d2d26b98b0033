import path from 'node:path';
import { fastBootTimes } from '../../source/sandbox/endpoint/boot-times.ts';
import { type Endpoint, startEndpoint } from '../../source/sandbox/endpoint/endpoint.ts';
import { createNodeHypervisor, type NodeHypervisor } from '../../source/sandbox/node/hypervisor.ts';
import type { FaultPlan } from './fault.ts';
import { type Interfere, ModelHypervisor } from './model-hypervisor.ts';
import type { MachineTimes } from './model-machine.ts';
import type { Random } from './random.ts';
import { Site, type SiteOptions } from './site.ts';

/** Seconds; machines that do the work of many let each of them wait. */
const usualTimeouts = {
  launching: 90,
  booting: 90,
  connecting: 90,
  uploading: 90,
  'cloud-init': 90,
  configuring: 90,
  verifying: 90,
};

export type StageOptions = {
  readonly deployment: string;
  /** Name of the AWS profile. */
  readonly profile: string;
  readonly plan: FaultPlan;
  readonly random: Random;
  /** Does something to commands on nodes. */
  readonly interfere: Interfere;
};

type StageParts = Pick<
  Stage,
  'endpoint' | 'hypervisor' | 'shipped' | 'site' | 'timeouts' | 'usual'
>;

/** What a run plays on: a user's machine, and an account with machines behind it. */
export class Stage {
  readonly site: Site;
  readonly endpoint: Endpoint;
  readonly hypervisor: ModelHypervisor;
  /** Makes the machines in place of the model, where they are to run what is shipped. */
  readonly shipped: NodeHypervisor | undefined;
  /** Seconds that phases may take under the fault. */
  readonly timeouts: Readonly<Record<string, number>>;
  /** The configuration, once nothing is wrong any more. */
  readonly usual: SiteOptions;

  static async open({
    deployment,
    interfere,
    plan,
    profile,
    random,
  }: StageOptions): Promise<Stage> {
    const nodes = plan.nodes ?? random.between(2, 4);
    const regions =
      plan.regions ?? (random.isTrue(0.3) ? ['us-west-2', 'eu-west-1'] : ['us-west-2']);
    const usual: SiteOptions = {
      deployment,
      nodes,
      regions,
      profile,
      timeouts: usualTimeouts,
      ...(plan.configuration === undefined ? {} : { extra: plan.configuration }),
    };
    const timeouts = { ...usualTimeouts, ...plan.timeouts };
    const site = await Site.make({ ...usual, timeouts }, random);
    const times = () => (plan.times ?? usualTimes)(random);
    const hypervisor = new ModelHypervisor({ times, interfere });
    const shipped = plan.hasShippedNodes ? await shippedNodes(site) : undefined;
    const endpoint = await startEndpoint({
      hypervisor: shipped ?? hypervisor,
      bootTimes: { ...fastBootTimes, ...plan.bootTimes },
    });
    return new Stage({ endpoint, hypervisor, shipped, site, timeouts, usual });
  }

  private constructor({ endpoint, hypervisor, shipped, site, timeouts, usual }: StageParts) {
    this.endpoint = endpoint;
    this.hypervisor = hypervisor;
    this.shipped = shipped;
    this.site = site;
    this.timeouts = timeouts;
    this.usual = usual;
  }

  async close(): Promise<void> {
    await this.endpoint.close();
    await this.shipped?.close();
    await this.site.remove();
  }
}

/** The sandbox's own nodes: they run what is shipped, and take a second of a processor each. */
const shippedNodes = (site: Site): Promise<NodeHypervisor> =>
  createNodeHypervisor({
    folder: path.join(site.folder, 'sandbox'),
    fast: true,
    publicKeyLine: site.publicKey,
    cutTime: 300,
  });

const usualTimes = (random: Random): MachineTimes => ({
  boot: random.between(20, 300),
  cloudInit: random.between(30, 500),
  configure: random.between(10, 150),
});
