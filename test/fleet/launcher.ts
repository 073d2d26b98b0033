import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { builtInConfig } from '../../source/config/built-in.ts';
import type { Config, RegionConfig } from '../../source/config/config.ts';
import { createApiCallCounter } from '../../source/ec2/call-counter.ts';
import { tagNames } from '../../source/ec2/cloud.ts';
import { createRegionCloud } from '../../source/ec2/region-cloud.ts';
import type { FleetEvent } from '../../source/events/event.ts';
import { FleetMachines, type LaunchOptions } from '../../source/fleet/fleet-machines.ts';
import type { FleetSessions } from '../../source/fleet/fleet-sessions.ts';
import { noticesAs } from '../../source/fleet/notices.ts';
import { planMore } from '../../source/fleet/plan.ts';
import { settledPlan } from '../../source/fleet/settled-plan.ts';
import type { BootTimes } from '../../source/sandbox/endpoint/boot-times.ts';
import { startEndpoint } from '../../source/sandbox/endpoint/endpoint.ts';
import { publicKey } from '../ec2/region.ts';
import { Machines } from '../sandbox/machines.ts';
import { unconnectedSessions } from './unconnected-sessions.ts';

export type LauncherSettings = {
  /** Instead of the account's. */
  readonly endpoint?: string;
  readonly region?: Partial<RegionConfig>;
  readonly config?: Partial<Config>;
};

/** An account of its own, in which what is launched is listed only a good while later. */
export const startAccount = async (
  context: TestContext,
  visible: BootTimes['visible'] = [0, 0],
) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-launch-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const publicKeyPath = path.join(folder, 'key.pub');
  await writeFile(publicKeyPath, `${publicKey}\n`);
  const endpoint = await startEndpoint({
    hypervisor: new Machines(),
    bootTimes: {
      visible,
      running: [0, 0],
      statusChecks: [0, 0],
      shuttingDown: [0, 0],
      remembered: 3_600_000,
    },
  });
  context.after(() => endpoint.close());
  const launched = () =>
    endpoint.ledger.entries().flatMap((entry) => (entry.type === 'launched' ? [entry] : []));
  return {
    endpoint,
    /** What was launched, by the account's own ledger. */
    launched,
    /** Launched instances that have not been ended. */
    running: () => {
      const ended = new Set(
        endpoint.ledger
          .entries()
          .flatMap((entry) =>
            entry.type === 'state' && entry.state !== 'running' ? [entry.instanceId] : [],
          ),
      );
      return launched().filter(({ instanceId }) => !ended.has(instanceId));
    },
    /** Another process that launches in it. */
    open: (settings: LauncherSettings = {}) =>
      new Launcher(context, settings.endpoint ?? endpoint.url, publicKeyPath, settings),
  };
};

/** What a process does to get machines in `us-west-2`, without what it does with them. */
export class Launcher {
  readonly events: FleetEvent[] = [];
  readonly sessions: FleetSessions;
  readonly machines: FleetMachines;
  readonly #config: Config;
  readonly #cloud: ReturnType<typeof createRegionCloud>;

  constructor(
    context: TestContext,
    endpoint: string,
    publicKeyPath: string,
    { config = {}, region = {} }: LauncherSettings,
  ) {
    const templatesFolder = path.resolve('templates');
    const built = builtInConfig({ templatesFolder, privateKeyPath: publicKeyPath, publicKeyPath });
    const [first] = built.regions;
    if (first === undefined) throw new TypeError('a configuration without regions');
    const regionConfig = { ...first, region: 'us-west-2', ...region };
    this.#config = { ...built, regions: [regionConfig], ...config };
    this.#cloud = createRegionCloud({
      region: 'us-west-2',
      config: this.#config,
      regionConfig,
      version: '0.1.0',
      calls: createApiCallCounter(),
      endpoint,
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' },
      patience: { firstPause: 20, visibility: 10_000, listing: 10_000, trouble: 0 },
    });
    context.after(() => this.#cloud.close());
    const emit = (event: FleetEvent) => void this.events.push(event);
    const clock = Date.now;
    this.sessions = unconnectedSessions({
      config: this.#config,
      emit,
      clock,
    });
    this.machines = new FleetMachines({
      config: this.#config,
      clouds: [this.#cloud],
      sessions: this.sessions,
      watch: { nudge: () => undefined },
      emit,
      clock,
      notices: noticesAs(emit, clock),
      signal: new AbortController().signal,
    });
  }

  /** Brings the fleet to a size. */
  async create(totalInstances: number): Promise<void> {
    const { signal } = new AbortController();
    const config = { ...this.#config, totalInstances };
    const plan = await settledPlan(config, [this.#cloud], signal);
    for (const node of plan.existing) this.sessions.adopt(node);
    const planned = plan.launches.flatMap(({ nodes }) => nodes);
    await this.launch(planned.map((node) => this.sessions.open(node)));
  }

  /** Launches more nodes than there are, as one who wants them on top. */
  async more(count: number, identity: string): Promise<void> {
    const planned = planMore(count, ['us-west-2'], this.sessions.all);
    await this.launch(
      planned.map((node) => this.sessions.open(node)),
      { identity },
    );
  }

  /** Ends a node's machine and launches another one. */
  async replace(name: string): Promise<void> {
    const { signal } = new AbortController();
    const sessions = this.sessions.named([name]);
    const old = sessions.flatMap(({ machine }) => machine.instanceId ?? []);
    await this.machines.terminate('us-west-2', sessions, signal);
    for (const { machine } of sessions) machine.reset();
    await this.launch(sessions, { identity: `replaces ${old}`, strangers: 'namesakes' });
  }

  async launch(
    sessions: FleetSessions['all'],
    options: Partial<LaunchOptions> = {},
  ): Promise<void> {
    await this.machines.launch(sessions, { userData: '{}', ...options });
  }

  /** Nodes that have a machine, and what was told of it last. */
  get found(): { readonly node: string; readonly lifecycle: string | undefined }[] {
    return this.sessions.all
      .filter(({ machine }) => machine.isThere)
      .map(({ name }) => ({
        node: name,
        lifecycle: this.events.flatMap((event) =>
          event.event === 'instance' && event.node === name ? [event.lifecycle] : [],
        )[0],
      }));
  }

  /** Why a node got no machine. */
  async failure(name: string): Promise<string> {
    const [session] = this.sessions.named([name]);
    const { signal } = new AbortController();
    return session === undefined
      ? 'there is no such node'
      : session.machine.launched(signal).then(
          ({ instanceId }) => `it got ${instanceId}`,
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        );
  }

  /** Names that living instances carry, as EC2 lists them. */
  async names(): Promise<string[]> {
    const instances = await this.#cloud.settle(new AbortController().signal);
    return instances
      .filter(({ state }) => state === 'pending' || state === 'running')
      .map(({ tags }) => tags[tagNames.node] ?? 'nameless')
      .sort();
  }

  get notices(): string[] {
    return this.events.flatMap((event) => (event.event === 'notice' ? [event.message] : []));
  }
}
