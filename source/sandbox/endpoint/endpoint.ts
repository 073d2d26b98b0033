import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Fault, type FaultRequest, faultSchema } from '../fault.ts';
import type { Hypervisor } from '../hypervisor.ts';
import { type BootTimes, realisticBootTimes } from './boot-times.ts';
import { ClientTokens } from './client-tokens.ts';
import { type Clock, systemClock } from './clock.ts';
import { Cloud } from './cloud.ts';
import { type ControlHooks, control } from './control.ts';
import { dispatch } from './dispatch.ts';
import { FaultRules } from './fault-rules.ts';
import { type FaultAnswer, injectFault } from './inject-fault.ts';
import { end, endedByUser } from './instance-life.ts';
import { answerJson, type JsonService } from './json-service.ts';
import { Ledger } from './ledger.ts';
import { priceList } from './price-list.ts';
import { parameterStore, secretsManager } from './secret-stores.ts';

export type EndpointOptions = {
  /** Makes the machines behind the instances. */
  readonly hypervisor: Hypervisor;
  /** Default: about what EC2 takes. */
  readonly bootTimes?: BootTimes;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Address to listen on; default 127.0.0.1. Whoever reaches it can launch machines. */
  readonly host?: string;
  /** Requests signed with another access key are refused; default: all are taken. */
  readonly accessKeyId?: string;
  /** Bearer token of the control interface; default: a random one. */
  readonly controlToken?: string;
  readonly controlHooks?: ControlHooks;
  /** No page of an answer gets larger than this, whatever was asked for. */
  readonly largestPage?: number;
  /** Called whenever the number of machines may have changed. */
  readonly onChange?: () => void;
};

/** An EC2 endpoint of all regions that is listening. */
export type Endpoint = {
  /** For `AWS_ENDPOINT_URL_EC2`, without a slash at its end. */
  readonly url: string;
  /** For the control interface below `<url>/sandbox`. */
  readonly controlToken: string;
  readonly ledger: Ledger;
  /** Instances that have a machine. */
  aliveCount(): number;
  /** When it was last asked for anything but its status; milliseconds since the Unix epoch. */
  lastRequestAt(): number;
  /** @throws FaultFailure for a target that isn't there and for what these machines can't do */
  injectFault(fault: FaultRequest): Promise<FaultAnswer>;
  /** Ends the faults that act on requests. */
  clearFaults(): void;
  /** Terminates all instances, waits until their machines are gone, and stops listening. */
  close(): Promise<void>;
};

/** Besides EC2, which speaks another protocol. */
const jsonServices: readonly JsonService[] = [priceList, parameterStore, secretsManager];

/** Largest body of a request. */
const bodyLimit = 1024 * 1024;

/**
 * Starts an endpoint that speaks EC2's Query protocol over HTTP. The region of a request is the
 * one it was signed for.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
 */
export const startEndpoint = async (options: EndpointOptions): Promise<Endpoint> => {
  const clock = options.clock ?? systemClock;
  const ledger = new Ledger(clock);
  const faultRules = new FaultRules();
  const changes = new EventTarget();
  const cloud = new Cloud({
    hypervisor: options.hypervisor,
    bootTimes: options.bootTimes ?? realisticBootTimes,
    clock,
    ledger,
    faultRules,
    largestPage: options.largestPage ?? Number.POSITIVE_INFINITY,
    onChange: () => {
      changes.dispatchEvent(new Event('change'));
      options.onChange?.();
    },
  });
  const clientTokens = new ClientTokens();
  const controlToken = options.controlToken ?? randomBytes(24).toString('base64url');
  let lastRequestAt = clock.now();

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    if (body === undefined) {
      send(response, 413, 'text/plain', 'The request is too large\n');
      return;
    }
    const { pathname } = new URL(request.url ?? '/', 'http://endpoint');
    if (pathname.startsWith('/sandbox/')) {
      const answer = await control(cloud, controlToken, options.controlHooks ?? {}, {
        method: request.method ?? 'GET',
        path: pathname.slice('/sandbox'.length),
        authorization: request.headers.authorization,
        body,
      });
      if (pathname === '/sandbox/claim' && answer.status === 200) lastRequestAt = clock.now();
      send(response, answer.status, 'application/json', JSON.stringify(answer.body));
      return;
    }
    lastRequestAt = clock.now();
    const target = String(request.headers['x-amz-target'] ?? '');
    const service = jsonServices.find((each) => target.startsWith(each.target));
    if (service !== undefined) {
      const answer = answerJson(cloud, options.accessKeyId, service, {
        authorization: request.headers.authorization,
        userAgent: request.headers['user-agent'] ?? '',
        target,
        body,
      });
      send(response, answer.status, 'application/x-amz-json-1.1', JSON.stringify(answer.body));
      return;
    }
    const answer = await dispatch(cloud, clientTokens, options.accessKeyId, {
      authorization: request.headers.authorization,
      userAgent: request.headers['user-agent'] ?? '',
      body,
    });
    send(response, answer.status, 'text/xml;charset=UTF-8', answer.document);
  };

  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      ledger.add({ type: 'trouble', message: String(error) });
      response.destroy();
    });
  });
  // Longer than anybody's pause between two polls: a connection that is closed as it is used again
  // looks like a failure.
  server.keepAliveTimeout = 120_000;
  const host = options.host ?? '127.0.0.1';
  const port = await listen(server, host);

  return {
    url: `http://${host}:${port}`,
    controlToken,
    ledger,
    aliveCount: () => cloud.aliveInstances().length,
    lastRequestAt: () => lastRequestAt,
    injectFault: async (fault) => injectFault(cloud, faultSchema.parse(fault) satisfies Fault),
    clearFaults: () => faultRules.clear(),
    close: async () => {
      await terminateAll(cloud, changes);
      await stopListening(server);
    },
  };
};

const readBody = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
};

const send = (response: ServerResponse, status: number, type: string, body: string): void => {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
};

const listen = (server: Server, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') {
        reject(new Error('The endpoint has no port'));
      } else {
        resolve(address.port);
      }
    });
  });

const stopListening = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

const terminateAll = async (cloud: Cloud, changes: EventTarget): Promise<void> => {
  cloud.hurry();
  for (const instance of cloud.aliveInstances()) {
    end(cloud, cloud.region(instance.region), instance, endedByUser(cloud.clock.now()));
  }
  while (cloud.aliveInstances().length > 0) {
    await new Promise((resolve) => changes.addEventListener('change', resolve, { once: true }));
  }
};
