import type { Endpoint } from '../../source/sandbox/endpoint/endpoint.ts';
import { askNode } from './ask-node.ts';
import type { Ec2Reader, Remains, ShownInstance } from './ec2-reader.ts';
import type { StruckCommand } from './fault.ts';
import type { Evidence, MachineTruth } from './invariants.ts';
import type { ModelHypervisor } from './model-hypervisor.ts';
import type { ProgramEnd, World } from './program-in-process.ts';
import { type Exposed, filesBelow, findSecrets } from './secrets.ts';
import type { Site } from './site.ts';
import { readEvents, toldNodes } from './told-events.ts';

export type WitnessOptions = {
  readonly deployment: string;
  /** How many are wanted. */
  readonly nodes: number;
  readonly regions: readonly string[];
  readonly endpoint: Endpoint;
  readonly reader: Ec2Reader;
  readonly hypervisor: ModelHypervisor;
  /** Whether machines run what is shipped, and tell what is true of them by SSH only. */
  readonly hasShippedNodes: boolean;
  readonly site: Site;
  readonly world: World;
};

/** Milliseconds that a machine may take to come back from what struck it after all was told. */
const returnTime = 60_000;

/** Sees what commands leave behind: at EC2, on machines, and where others can read it. */
export class Witness {
  readonly #options: WitnessOptions;

  constructor(options: WitnessOptions) {
    this.#options = options;
  }

  /** What is there after a command, and what went wrong since the last time that this was asked. */
  async evidence(command: StruckCommand, end: ProgramEnd): Promise<Evidence> {
    const { deployment, endpoint, hypervisor, nodes, reader, regions, site, world } = this.#options;
    const [shown, remains] = await Promise.all([
      this.#shown(),
      Promise.all(regions.map((region) => reader.remains(region, deployment))),
    ]);
    return {
      command,
      deployment,
      nodes,
      end,
      ledger: endpoint.ledger.entries(),
      shown,
      remains: Object.assign({}, ...remains) as Remains,
      machines: await this.#machines(end),
      version: site.version,
      unhandled: world.unhandled.splice(0),
      unknownCommands: hypervisor.unknown.splice(0),
    };
  }

  /** A line for each secret that can be read where it must not be. */
  async leaks(ends: readonly ProgramEnd[], secretAccessKey: string): Promise<string[]> {
    const { hypervisor, reader, regions, site } = this.#options;
    const keyLines = site.privateKey.split('\n');
    const secrets = [
      { name: 'the private key', text: keyLines[2] ?? '' },
      { name: 'the orchestrator token', text: site.token },
      { name: 'the secret access key', text: secretAccessKey },
    ];
    const exposed: Exposed[] = [
      ...ends.flatMap(({ stderr, stdout }) => [
        { where: 'standard output', text: stdout },
        { where: 'standard error', text: stderr },
      ]),
      { where: 'command lines on nodes', text: hypervisor.commandLines.join('\n') },
      ...[...hypervisor.machines.values()].map(({ request }) => ({
        where: 'user data',
        text: request.userData,
      })),
      ...(await filesBelow(site.home)),
      ...(await Promise.all(
        regions.map(async (region) => ({
          where: `what EC2 tells in ${region}`,
          text: await reader.texts(region),
        })),
      )),
    ];
    return findSecrets(secrets, exposed);
  }

  async #shown(): Promise<ShownInstance[]> {
    const { reader, regions } = this.#options;
    return (await Promise.all(regions.map((region) => reader.instances(region)))).flat();
  }

  /** What is true of the machines that live. */
  #machines(end: ProgramEnd): Promise<Map<string, MachineTruth>> {
    return this.#options.hasShippedNodes ? this.#askMachines(end) : this.#readModels();
  }

  async #readModels(): Promise<Map<string, MachineTruth>> {
    return new Map(
      [...this.#options.hypervisor.machines].map(([id, { applied, services }]) => [
        id,
        {
          version: applied?.content.get('config/version')?.toString(),
          isServing: services.has('work.service'),
        },
      ]),
    );
  }

  async #askMachines({ stdout }: ProgramEnd): Promise<Map<string, MachineTruth>> {
    const { privateKey } = this.#options.site;
    const running = (await this.#shown()).filter(({ state }) => state === 'running');
    const ready = new Set(
      toldNodes(readEvents(stdout, []))
        .filter(({ phase }) => phase === 'ready')
        .map(({ instanceId }) => instanceId),
    );
    return new Map(
      await Promise.all(
        running.map(async ({ instanceId, tags }) => {
          const port = Number(tags['spot-tui:ssh-port']);
          const patience = ready.has(instanceId) ? returnTime : 0;
          return [instanceId, await askNode(port, privateKey, patience)] as const;
        }),
      ),
    );
  }
}
