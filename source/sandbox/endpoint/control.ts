import { timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { faultSchema } from '../fault.ts';
import type { Cloud } from './cloud.ts';
import { FaultFailure, injectFault } from './inject-fault.ts';
import { tagsOf } from './tags.ts';

/** What the process around the endpoint has to say and lets others do to it. */
export type ControlHooks = {
  /** Added to the status. */
  readonly describe?: () => Readonly<Record<string, unknown>>;
  /** Asked to end the process. */
  readonly stop?: () => void;
};

export type ControlRequest = {
  readonly method: string;
  /** Below `/sandbox`, such as `/faults`. */
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
};

/** JSON, with an HTTP status. */
export type ControlAnswer = { readonly status: number; readonly body: unknown };

/** A node as the status tells it. */
export type NodeStatus = {
  readonly instanceId: string;
  readonly node: string | undefined;
  readonly region: string;
  readonly zone: string;
  readonly instanceType: string;
  readonly state: string;
  readonly address: string | undefined;
  readonly sshPort: number | undefined;
};

/** Answers a request to the endpoint itself rather than to EC2. */
export const control = async (
  cloud: Cloud,
  token: string,
  hooks: ControlHooks,
  request: ControlRequest,
): Promise<ControlAnswer> => {
  if (!isSame(request.authorization ?? '', `Bearer ${token}`)) {
    return refusal(401, 'The token of this sandbox is missing or wrong', 'See its address file.');
  }
  switch (`${request.method} ${request.path}`) {
    case 'GET /status':
    // The same from somebody who is about to use the cloud.
    case 'POST /claim':
      return { status: 200, body: { ...hooks.describe?.(), nodes: nodes(cloud) } };
    case 'GET /ledger':
      return {
        status: 200,
        body: { entries: cloud.ledger.entries(), calls: cloud.ledger.calls() },
      };
    case 'GET /faults':
      return { status: 200, body: { faults: cloud.faultRules.list(cloud.clock.now()) } };
    case 'DELETE /faults':
      cloud.faultRules.clear();
      return { status: 200, body: {} };
    case 'POST /faults':
      return await inject(cloud, request.body);
    case 'POST /stop':
      if (hooks.stop === undefined) {
        return refusal(404, 'This endpoint has no process of its own', 'End the one that runs it.');
      }
      hooks.stop();
      return { status: 202, body: {} };
    default:
      return refusal(404, `There is no ${request.method} ${request.path}`, 'Check the address.');
  }
};

const isSame = (given: string, expected: string): boolean => {
  const [first, second] = [Buffer.from(given), Buffer.from(expected)];
  return first.length === second.length && timingSafeEqual(first, second);
};

const refusal = (status: number, message: string, hint: string): ControlAnswer => ({
  status,
  body: { error: { message, hint } },
});

const inject = async (cloud: Cloud, body: string): Promise<ControlAnswer> => {
  const request = parseJson(body);
  const fault = faultSchema.safeParse(request);
  if (!fault.success) {
    return refusal(400, z.prettifyError(fault.error), 'Check the kind of fault and its options.');
  }
  try {
    return { status: 200, body: await injectFault(cloud, fault.data) };
  } catch (error) {
    if (error instanceof FaultFailure) return refusal(409, error.message, error.hint);
    throw error;
  }
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // The schema says better what is missing.
    return undefined;
  }
};

const nodes = (cloud: Cloud): NodeStatus[] =>
  cloud.aliveInstances().map((instance) => ({
    instanceId: instance.id,
    node: tagsOf(cloud.region(instance.region), instance.id).get('spot-tui:node'),
    region: instance.region,
    zone: instance.subnet.zone.name,
    instanceType: instance.type.name,
    state: instance.state,
    address: instance.address?.publicAddress,
    sshPort: instance.address?.sshPort,
  }));
