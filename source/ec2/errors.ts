import type { Topic } from '../events/topic.ts';
import { CredentialsMissingError, credentialErrors } from './credentials-missing.ts';
import { type ErrorFacts, type Explanation, explainCode } from './error-codes.ts';
import { type Ec2ErrorKind, type Ec2ExitStatus, exitStatusOf, topicOfKind } from './error-kinds.ts';
import { signInHint } from './sign-in-hint.ts';

/** Something that EC2, or the way to it, refused; written for the person who has to act on it. */
export class Ec2Error extends Error {
  override readonly name = 'Ec2Error';
  readonly kind: Ec2ErrorKind;
  /** What to do next: one line. */
  readonly hint: string;
  readonly exitStatus: Ec2ExitStatus;
  /** EC2's own code, such as `InvalidAMIID.NotFound`, where there is one. */
  readonly code: string | undefined;
  readonly region: string | undefined;

  constructor(
    message: string,
    options: {
      readonly kind: Ec2ErrorKind;
      readonly hint: string;
      readonly exitStatus?: Ec2ExitStatus;
      readonly code?: string;
      readonly region?: string;
      readonly cause?: unknown;
    },
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.kind = options.kind;
    this.hint = options.hint;
    this.exitStatus = options.exitStatus ?? exitStatusOf(options.kind);
    this.code = options.code;
    this.region = options.region;
  }

  /** Where to read on. */
  get topic(): Topic {
    return topicOfKind(this.kind);
  }
}

/** What was being done when an error came. */
export type ErrorContext = {
  readonly region: string;
  /** Completes "can't …": `find the image ami-1`. */
  readonly doing: string;
  /** The API action, such as `CreateFleet`, or `ssm:GetParameter` of another service. */
  readonly action?: string;
  /** The AWS profile that the credentials come from, where one is named. */
  readonly profile?: string;
  /** Whether EC2 has answered in this region before: its name is right then. */
  readonly isKnown?: boolean;
};

/** Turns whatever the SDK throws into an error for people; an `Ec2Error` is passed on as it is. */
export const toEc2Error = (error: unknown, context: ErrorContext): Ec2Error => {
  if (error instanceof Ec2Error) return error;
  const facts = {
    region: context.region,
    code: codeOf(error),
    message: messageOf(error),
    ...(context.action === undefined ? {} : { action: context.action }),
  };
  const explanation =
    explainCredentials(error, facts.message, context.profile) ??
    explainNetwork(error, facts.code, context) ??
    explainStatus(error, facts) ??
    explainCode(facts);
  const suffix = facts.code === '' || facts.message.includes(facts.code) ? '' : ` (${facts.code})`;
  return new Ec2Error(
    `${context.region}: can't ${context.doing}: ${oneLine(facts.message)}${suffix}`,
    {
      ...explanation,
      region: context.region,
      cause: error,
      ...(facts.code === '' ? {} : { code: facts.code }),
    },
  );
};

/** Throws the first of them, if there is one, for who needs all of something or hears why not. */
export const throwFirst = (errors: Iterable<Ec2Error>): void => {
  const [first] = errors;
  if (first !== undefined) throw first;
};

/** Whether trying the same again later can help. */
export const isPassing = (error: Ec2Error): boolean =>
  error.kind === 'throttling' || error.kind === 'network' || error.kind === 'unavailable';

/** Whether credentials were good for a time that is over: the same in all regions of an account. */
export const isExpiry = ({ code }: Ec2Error): boolean =>
  /^(RequestExpired|ExpiredToken(Exception)?)$/.test(code ?? '');

const hasStringProperty = <Name extends string>(
  value: unknown,
  name: Name,
): value is Readonly<Record<Name, string>> =>
  typeof value === 'object' &&
  value !== null &&
  name in value &&
  typeof (value as Readonly<Record<string, unknown>>)[name] === 'string';

/** The SDK gives a service's error the code as its name; Node gives a socket's error a `code`. */
const codeOf = (error: unknown): string => {
  if (hasStringProperty(error, 'Code')) return error.Code;
  if (hasStringProperty(error, 'code')) return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (error instanceof Error && '$metadata' in error && error.name !== 'Error') return error.name;
  return '';
};

const messageOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0]);
  // The SDK's word for a service that gave no message: the code says more.
  if (error instanceof Error && error.message === 'UnknownError') return codeOf(error);
  if (error instanceof Error && error.message !== '') return error.message;
  return error instanceof Error ? error.name : String(error);
};

/**
 * Without what would act on a terminal, and without the blob that EC2 appends and only `aws sts
 * decode-authorization-message` can read.
 */
const oneLine = (message: string): string =>
  message
    .replace(/\s*Encoded authorization failure message:\s*\S+/, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();

const explainCredentials = (
  error: unknown,
  message: string,
  profile: string | undefined,
): Explanation | undefined => {
  if (!(error instanceof Error) || !credentialErrors.has(error.name)) return undefined;
  const settings = error instanceof CredentialsMissingError ? error.settings : [];
  const hint = signInHint({ message, profile, settings, source: [] });
  return { kind: 'credentials', hint, exitStatus: exitStatusOf('credentials') };
};

const networkCodes =
  /^(ECONN\w+|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|EPIPE|ENOTFOUND|EAI_AGAIN|TimeoutError|UND_ERR_\w+)$/;
const certificateCodes = /(CERT|SELF_SIGNED|UNABLE_TO_\w+|ERR_TLS)/;

const explainNetwork = (
  error: unknown,
  code: string,
  { action = '', isKnown = false, region }: ErrorContext,
): Explanation | undefined => {
  const isTimeout = error instanceof Error && error.name === 'TimeoutError';
  if (
    code === 'ENOTFOUND' &&
    !isKnown &&
    hasStringProperty(error, 'hostname') &&
    /\.amazonaws\.com(\.cn)?$/.test(error.hostname)
  ) {
    return {
      kind: 'region',
      hint: `There is no region "${region}", or no network: check its spelling and your connection.`,
      exitStatus: exitStatusOf('region'),
    };
  }
  if (certificateCodes.test(code)) {
    return {
      kind: 'network',
      hint: 'Something between you and AWS re-encrypts: name its certificate in NODE_EXTRA_CA_CERTS.',
      exitStatus: exitStatusOf('network'),
    };
  }
  if (!isTimeout && !networkCodes.test(code)) return undefined;
  return {
    kind: 'network',
    hint:
      `Check the network and the proxy, and ${endpointVariable(action)} and AWS_ENDPOINT_URL if ` +
      'they are set.',
    exitStatus: exitStatusOf('network'),
  };
};

/** What may lead requests of the service elsewhere. */
const endpointVariable = (action: string): string => {
  if (action.startsWith('ssm:')) return 'AWS_ENDPOINT_URL_SSM';
  return action.startsWith('secretsmanager:')
    ? 'AWS_ENDPOINT_URL_SECRETS_MANAGER'
    : 'AWS_ENDPOINT_URL_EC2';
};

/** For answers without a code, which come from something between us and EC2. */
const explainStatus = (error: unknown, facts: ErrorFacts): Explanation | undefined => {
  const status = statusOf(error);
  if (status === undefined || status < 500) return undefined;
  if (facts.code !== '' && explainCode({ ...facts, message: '' }).kind !== 'unexpected') {
    return undefined;
  }
  return explainCode({ ...facts, code: 'ServiceUnavailable', message: '' });
};

const statusOf = (error: unknown): number | undefined => {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const metadata: unknown = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const status = 'httpStatusCode' in metadata ? metadata.httpStatusCode : undefined;
  return typeof status === 'number' ? status : undefined;
};
