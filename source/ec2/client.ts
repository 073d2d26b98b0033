import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import { type ApiCallCounter, countCalls } from './call-counter.ts';

export type ClientOptions = {
  readonly region: string;
  readonly calls: ApiCallCounter;
  /** Version of the program, for the user agent. */
  readonly version: string;
  readonly profile?: string;
  /** Instead of AWS, or of what `AWS_ENDPOINT_URL_EC2` and `AWS_ENDPOINT_URL` say. */
  readonly endpoint?: string;
  /** Instead of the SDK's own search for credentials. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
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
    retryMode: 'standard',
    maxAttempts: options.maximumAttempts ?? 6,
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  };
  const client = new EC2Client(configuration);
  countCalls(client, options.calls);
  return { client, endpoint: watchEndpoint(client) };
};

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
