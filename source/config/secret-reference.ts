/** Where a secret is; `written` is how the configuration says it. */
export type SecretReference = LocalSecret | StoredSecret;

export type LocalSecret =
  | {
      readonly type: 'file';
      readonly written: string;
      /** Absolute. */
      readonly path: string;
    }
  | { readonly type: 'env'; readonly written: string; readonly variable: string };

/** One that AWS keeps. */
export type StoredSecret =
  | {
      /** Of Systems Manager's Parameter Store. */
      readonly type: 'ssm';
      readonly written: string;
      /** Name or ARN, perhaps with `:` and a version or label. */
      readonly parameter: string;
      /** Of the ARN, else the first of the configuration. */
      readonly region: string;
    }
  | {
      readonly type: 'secretsmanager';
      readonly written: string;
      /** Name or ARN. */
      readonly id: string;
      /** The member of a JSON object that is meant; absent means the whole text. */
      readonly key?: string;
      /** Of the ARN, else the first of the configuration. */
      readonly region: string;
    };

const arn = (service: string, resource: string) =>
  `arn:aws[a-z-]*:${service}:[a-z0-9-]+:[0-9]{12}:${resource}`;

/** What may follow each scheme. */
const patterns = {
  // Paths as `localPath` takes them.
  file: String.raw`(?:~|~[/\\][^\x00-\x1f\x7f]*|[^~\x00-\x1f\x7f][^\x00-\x1f\x7f]*)`,
  env: '[A-Za-z_][A-Za-z0-9_]*',
  // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
  ssm: `(?:${arn('ssm', 'parameter/')})?/?[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*(?::[A-Za-z0-9_.-]+)?`,
  // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
  secretsmanager: `(?:${arn('secretsmanager', 'secret:')})?[A-Za-z0-9/_+=.@!-]+(?:#[^\\x00-\\x1f\\x7f]+)?`,
} as const;

type Scheme = keyof typeof patterns;

const wanted: Readonly<Record<Scheme, string>> = {
  file: 'a path after "file:" such as "file:secrets/token"',
  env: 'the name of an environment variable after "env:" such as "env:TOKEN"',
  ssm: 'the name or ARN of a parameter after "ssm:" such as "ssm:/fleet/token"',
  secretsmanager:
    'the name or ARN of a secret after "secretsmanager:", and perhaps "#" and a JSON key, such as "secretsmanager:fleet/token#password"',
};

const anyReference =
  'a reference to a secret such as "file:secrets/token", "env:TOKEN", "ssm:/fleet/token" or "secretsmanager:fleet/token#password"';

const isScheme = (scheme: string): scheme is Scheme => Object.hasOwn(patterns, scheme);

const split = (written: string): readonly [scheme: string, rest: string] => {
  const colon = written.indexOf(':');
  return [written.slice(0, Math.max(colon, 0)), written.slice(colon + 1)];
};

/** All references that there are. */
export const secretReferencePattern = new RegExp(
  `^(?:${Object.entries(patterns)
    .map(([scheme, pattern]) => `${scheme}:${pattern}`)
    .join('|')})$`,
);

/** What should stand in the place of something that is no reference. */
export const expectedReference = (written: unknown): string => {
  const [scheme] = typeof written === 'string' ? split(written) : [''];
  return isScheme(scheme) ? wanted[scheme] : anyReference;
};

/**
 * Takes a reference apart.
 *
 * @param written What `secretReferencePattern` matches.
 * @param base What a path, and a name in AWS without a region, mean.
 */
export const parseSecretReference = (
  written: string,
  base: { readonly toPath: (local: string) => string; readonly region: string },
): SecretReference => {
  const [scheme, rest] = split(written);
  if (!isScheme(scheme)) throw new TypeError('a reference without a scheme was let through');
  const [, region = base.region] = /^arn:[^:]+:[^:]+:([^:]+):/.exec(rest) ?? [];
  switch (scheme) {
    case 'file':
      return { type: scheme, written, path: base.toPath(rest) };
    case 'env':
      return { type: scheme, written, variable: rest };
    case 'ssm':
      return { type: scheme, written, parameter: rest, region };
    case 'secretsmanager': {
      const hash = rest.indexOf('#');
      return hash === -1
        ? { type: scheme, written, id: rest, region }
        : { type: scheme, written, id: rest.slice(0, hash), key: rest.slice(hash + 1), region };
    }
    default:
      return scheme satisfies never;
  }
};
