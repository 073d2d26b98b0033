import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeInstancesCommand,
  DescribeRegionsCommand,
  DescribeTagsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { readAddress } from '../../source/sandbox/address-file.ts';
import { askControl } from '../../source/sandbox/control-client.ts';
import type { LedgerEntry } from '../../source/sandbox/endpoint/ledger.ts';
import type { FaultRequest } from '../../source/sandbox/fault.ts';
import type { User } from './program.ts';

/** The account behind a user's sandbox, as somebody sees it who is not the program. */
export class SandboxAccount {
  readonly #folder: string;

  constructor(user: User) {
    this.#folder = path.join(user.home, '.local/state/spot-tui/sandbox');
  }

  /** What changed something in the account so far; nothing before there is a sandbox. */
  async ledger(): Promise<readonly LedgerEntry[]> {
    const address = await readAddress(this.#folder);
    if (address === undefined) return [];
    const reply = await askControl(address, 'GET', '/ledger');
    if (reply.type !== 'answer' || reply.status !== 200) return [];
    return (reply.body as { entries: LedgerEntry[] }).entries;
  }

  /** Waits until something is in the ledger, for as long as the program runs that does it. */
  async happened(isIt: (entry: LedgerEntry) => boolean, program: ChildProcess): Promise<void> {
    while (!(await this.ledger()).some(isIt)) {
      assert.equal(program.exitCode, null, 'the program has ended');
      await sleep(5);
    }
  }

  async inject(fault: FaultRequest): Promise<void> {
    const address = await readAddress(this.#folder);
    assert.ok(address);
    const reply = await askControl(address, 'POST', '/faults', { body: fault });
    assert.equal(reply.type === 'answer' ? reply.status : reply.type, 200, JSON.stringify(reply));
  }

  /** A client for a region, to be destroyed by the caller. */
  async client(region: string): Promise<EC2Client> {
    const address = await readAddress(this.#folder);
    assert.ok(address);
    return new EC2Client({
      region,
      endpoint: address.url,
      credentials: { accessKeyId: address.accessKeyId, secretAccessKey: 'secret' },
    });
  }

  /** Ids of everything in any region that carries spot-tui's tag and is not gone for good. */
  async tagged(): Promise<string[]> {
    const first = await this.client('us-east-1');
    const { Regions = [] } = await first.send(new DescribeRegionsCommand({}));
    first.destroy();
    const ids = new Set<string>();
    for (const { RegionName = '' } of Regions) {
      const client = await this.client(RegionName);
      try {
        const { Tags = [] } = await client.send(
          new DescribeTagsCommand({ Filters: [{ Name: 'key', Values: ['spot-tui:deployment'] }] }),
        );
        const { Reservations = [] } = await client.send(new DescribeInstancesCommand({}));
        const gone = new Set(
          Reservations.flatMap(({ Instances = [] }) => Instances).flatMap(
            ({ InstanceId, State }) =>
              State?.Name === 'terminated' || State?.Name === 'shutting-down' ? [InstanceId] : [],
          ),
        );
        for (const { ResourceId = '' } of Tags) {
          // Fleets stay on record after they are deleted, and volumes as long as their instance.
          if (/^(fleet|vol)-/.test(ResourceId) || gone.has(ResourceId)) continue;
          ids.add(ResourceId);
        }
      } finally {
        client.destroy();
      }
    }
    return [...ids];
  }

  /** Instances that were launched and never ended, by the ledger. */
  async running(): Promise<string[]> {
    const entries = await this.ledger();
    const ended = new Set(
      entries.flatMap((entry) =>
        entry.type === 'state' && (entry.state === 'terminated' || entry.state === 'shutting-down')
          ? [entry.instanceId]
          : [],
      ),
    );
    return entries.flatMap((entry) =>
      entry.type === 'launched' && !ended.has(entry.instanceId) ? [entry.instanceId] : [],
    );
  }
}
