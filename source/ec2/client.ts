import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import type { WakeWatch } from '../time/wake-watch.ts';
import type { AccountCredentials, Caller } from './account-credentials.ts';
import { type ApiCallCounter, countCalls } from './call-counter.ts';
import { requireWholeAnswers } from './whole-answers.ts';

export type ClientOptions = {
  readonly region: string;
  readonly calls: ApiCallCounter;
  /** Version of the program, for the user agent. */
  readonly version: string;
  readonly profile?: string;
  /** Instead of AWS, or of what `AWS_ENDPOINT_URL_EC2` and `AWS_ENDPOINT_URL` say. */
  readonly endpoint?: string;
  readonly credentials: AccountCredentials;
  readonly wakes?: WakeWatch;
  /** Times that a request is sent before its failure counts; the SDK's back-off lies between. */
  readonly maximumAttempts?: number;
};

/** A client for one region, and where its requests go. */
export type RegionClient = {
  readonly client: EC2Client;
  /** Where the last request was sent; undefined before the first one. */
  endpoint(): Endpoint | undefined;
};

export type Endpoint = { readonly hostname: string; readonly port: number };

/**
 * The SDK's client with what a fleet needs: requests that end, connections that are reused, and
 * more attempts than usual, because throttling is per account and many machines share it.
 */
export const createClient = (options: ClientOptions): RegionClient => {
  if (options.profile !== undefined) {
    // The SDK takes credentials from the profile that it is given, but `endpoint_url` only from the
    // one that the variable names: a profile for an endpoint of one's own would lead to AWS.
    process.env.AWS_PROFILE = options.profile;
  }
  const configuration: EC2ClientConfig = {
    region: options.region,
    customUserAgent: [['spot-tui', options.version]],
    // Without them an unplugged cable is noticed after minutes.
    requestHandler: {
      connectionTimeout: 10_000,
      requestTimeout: 60_000,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: 16 },
      httpsAgent: { keepAlive: true, maxSockets: 16 },
    },
    // Adaptive holds back all that a client sends: EC2 counts each action by itself, so that
    // terminations and launches would wait for what only concerns the list of instances.
    retryMode: 'standard',
    maxAttempts: options.maximumAttempts ?? 6,
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    credentials: withoutMemory(options.credentials),
  };
  const client = new EC2Client(configuration);
  countCalls(client, options.calls);
  requireWholeAnswers(client);
  // Connections from before a sleep are dead without knowing it; the SDK sends their requests again.
  options.wakes?.onWake(() => client.config.requestHandler.destroy?.());
  return { client, endpoint: watchEndpoint(client) };
};

/** The SDK would keep credentials without an end for as long as the client lives. */
const withoutMemory = ({ provide }: AccountCredentials) =>
  Object.assign((caller?: Caller) => provide(caller), { memoized: true });

/** The endpoint that requests really go to, whichever of the SDK's many settings chose it. */
const watchEndpoint = (client: EC2Client): (() => Endpoint | undefined) => {
  let endpoint: Endpoint | undefined;
  client.middlewareStack.add(
    (next) => (request) => {
      if (isHttpRequest(request.request)) {
        const { hostname, port, protocol } = request.request;
        endpoint = { hostname, port: port ?? (protocol === 'http:' ? 80 : 443) };
      }
      return next(request);
    },
    { name: 'spotTuiEndpoint', step: 'build' },
  );
  return () => endpoint;
};

type HttpRequest = {
  readonly hostname: string;
  readonly port?: number;
  readonly protocol: string;
};

const isHttpRequest = (request: unknown): request is HttpRequest =>
  typeof request === 'object' &&
  request !== null &&
  'hostname' in request &&
  typeof request.hostname === 'string' &&
  'protocol' in request &&
  typeof request.protocol === 'string';
