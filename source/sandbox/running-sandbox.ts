import * as z from 'zod';
import { readAddress, removeAddress } from './address-file.ts';
import { buildId } from './build.ts';
import { askControl, type ControlReply } from './control-client.ts';
import { EndPatience } from './end-patience.ts';
import type { FaultRequest } from './fault.ts';
import { pause } from './pause.ts';
import { isAlive } from './process-id.ts';
import { noAnswer, noEnd, SandboxBuildMismatch, SandboxError } from './sandbox-error.ts';
import { type SandboxStatus, statusSchema } from './sandbox-status.ts';

/** Milliseconds in which a sandbox that ends has to come on. */
const usualPatience = 20_000;

/** Milliseconds between two questions how far it is. */
const questionInterval = 500;

export type StopOptions = {
  /** Milliseconds in which something has to happen; default 20 s. */
  readonly patience?: number;
  /** Hears now and then how many nodes are left. */
  readonly onProgress?: (left: number) => void;
};

/**
 * What the sandbox of a folder says of itself; undefined where none runs. Starts none and keeps
 * none from ending.
 */
export const sandboxStatus = async (folder: string): Promise<SandboxStatus | undefined> => {
  const address = await readAddress(folder);
  if (address === undefined) return undefined;
  const reply = await askControl(address, 'GET', '/status');
  if (reply.type === 'silent' && isAlive(address.pid)) {
    throw noAnswer(address.pid);
  }
  const status = statusSchema.safeParse(reply.type === 'answer' ? reply.body : undefined);
  if (!status.success || status.data.ending) return undefined;
  return {
    ...status.data,
    endpointUrl: address.url,
    isOwnBuild: status.data.build === buildId,
  };
};

/**
 * Ends the sandbox of a folder with everything in it, whatever its build, and waits until it is
 * gone, for as long as it comes on.
 *
 * @returns false where none ran
 * @throws SandboxError where it does not end
 */
export const stopSandbox = async (
  folder: string,
  { patience = usualPatience, onProgress }: StopOptions = {},
): Promise<boolean> => {
  const address = await readAddress(folder);
  if (address === undefined) return false;
  const { pid } = address;
  const reply = await askControl(address, 'POST', '/stop');
  if (reply.type === 'refused' || (reply.type === 'silent' && !isAlive(pid))) {
    await removeAddress(folder, address.token);
    return false;
  }
  const end = new EndPatience(patience, Date.now());
  let askAt = Date.now() + questionInterval;
  while (isAlive(pid)) {
    if (Date.now() >= askAt) {
      const left = nodesLeft(await askControl(address, 'GET', '/status'));
      if (left !== undefined) {
        end.note(Date.now(), left);
        onProgress?.(left);
      }
      askAt = Date.now() + questionInterval;
    }
    if (end.isOver(Date.now())) throw noEnd(pid, end.left, patience);
    await pause(40);
  }
  return true;
};

/** Nodes of a sandbox that ends; undefined where it doesn't say. */
const nodesLeft = (reply: ControlReply): number | undefined => {
  // It stops listening once all of them are gone.
  if (reply.type === 'refused') return 0;
  const status = statusSchema.safeParse(reply.type === 'answer' ? reply.body : undefined);
  return status.success ? status.data.nodes.length : undefined;
};

/**
 * Does something bad to what runs in the sandbox of a folder.
 *
 * @returns ids of the instances that it struck; empty for faults that act on requests
 * @throws SandboxError where no sandbox runs, or the fault is not possible
 */
export const injectFault = async (folder: string, fault: FaultRequest): Promise<string[]> => {
  const body = await request(folder, 'POST', '/faults', fault);
  return z.object({ instanceIds: z.array(z.string()) }).parse(body).instanceIds;
};

/** Ends all faults that act on requests. @throws SandboxError where no sandbox runs */
export const clearFaults = async (folder: string): Promise<void> => {
  await request(folder, 'DELETE', '/faults');
};

const failureSchema = z.object({ error: z.object({ message: z.string(), hint: z.string() }) });

const request = async (
  folder: string,
  method: 'POST' | 'DELETE',
  route: string,
  body?: unknown,
): Promise<unknown> => {
  const status = await sandboxStatus(folder);
  const address = await readAddress(folder);
  if (status === undefined || address === undefined) {
    throw new SandboxError('No sandbox is running', 'Start one: spot-tui create --sandbox');
  }
  if (!status.isOwnBuild) throw new SandboxBuildMismatch(status, buildId);
  const reply = await askControl(address, method, route, { body });
  if (reply.type !== 'answer') throw noAnswer(address.pid);
  if (reply.status === 200) return reply.body;
  const failure = failureSchema.safeParse(reply.body);
  throw failure.success
    ? new SandboxError(failure.data.error.message, failure.data.error.hint)
    : new SandboxError(`The sandbox answered with status ${reply.status}`, 'Try again.');
};
