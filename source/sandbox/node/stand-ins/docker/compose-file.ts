import { parseDocument } from 'yaml';
import * as z from 'zod';

/** One service of a compose file. */
export type ComposeService = {
  readonly name: string;
  readonly image: string;
  readonly containerName?: string;
  readonly command: string;
  readonly restart: string;
  readonly healthcheck: boolean;
  /** Whether it says how its image is made. */
  readonly isBuilt: boolean;
  readonly ports: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly profiles: readonly string[];
  readonly replicas: number;
  /** Services that end before this one starts. */
  readonly waitsForEndOf: readonly string[];
};

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]).transform(String);
const serviceSchema = z.looseObject({
  image: scalar.optional(),
  build: z.unknown().optional(),
  container_name: scalar.optional(),
  command: z.union([scalar, z.array(scalar)]).optional(),
  restart: z.union([z.string(), z.boolean()]).optional(),
  healthcheck: z.unknown().optional(),
  ports: z.array(z.unknown()).optional(),
  labels: z.union([z.array(scalar), z.record(z.string(), scalar)]).optional(),
  profiles: z.array(z.string()).optional(),
  scale: z.coerce.number().int().optional(),
  deploy: z.looseObject({ replicas: z.coerce.number().int().optional() }).optional(),
  depends_on: z
    .union([
      z.array(z.string()),
      z.record(z.string(), z.looseObject({ condition: z.string().optional() })),
    ])
    .optional(),
});
const fileSchema = z.looseObject({
  name: z.string().optional(),
  services: z.record(z.string(), serviceSchema.nullable()).optional(),
});

/**
 * Reads the compose files of a project; what a later one says of a service is put over the others.
 *
 * @param variables What `${NAME}` stands for in them.
 * @throws Error in compose's words for what is wrong with them.
 */
export const parseComposeFiles = (
  files: readonly { readonly file: string; readonly text: string }[],
  variables: Readonly<Record<string, string>>,
): { readonly project?: string; readonly services: readonly ComposeService[] } => {
  let name: string | undefined;
  const services: Record<string, z.output<typeof serviceSchema> | null> = {};
  for (const { file, text } of files) {
    const document = parseDocument(text, { merge: true });
    const [problem] = document.errors;
    if (problem !== undefined) throw new Error(`yaml: ${problem.message.split('\n')[0]}`);
    const parsed = fileSchema.safeParse(interpolate(document.toJS() ?? {}, variables));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new Error(`validating ${file}: ${issue?.path.join('.')} ${issue?.message}`);
    }
    name ??= parsed.data.name;
    for (const [each, service] of Object.entries(parsed.data.services ?? {})) {
      services[each] = { ...services[each], ...service };
    }
  }
  if (Object.keys(services).length === 0) throw new Error('empty compose file');
  return {
    ...(name === undefined ? {} : { project: name }),
    services: Object.entries(services).map(([serviceName, service]) => {
      if (service?.image === undefined && service?.build === undefined) {
        throw new Error(
          `service "${serviceName}" has neither an image nor a build context specified: invalid compose project`,
        );
      }
      return {
        name: serviceName,
        image: service.image ?? `${serviceName}:built`,
        ...(service.container_name === undefined ? {} : { containerName: service.container_name }),
        command: [service.command ?? []].flat().join(' '),
        restart:
          service.restart === undefined || service.restart === false
            ? 'no'
            : String(service.restart),
        isBuilt: service.build !== undefined,
        healthcheck: service.healthcheck !== undefined,
        ports: (service.ports ?? []).filter((port) => typeof port !== 'object').map(String),
        labels: labelsOf(service.labels),
        profiles: service.profiles ?? [],
        replicas: service.deploy?.replicas ?? service.scale ?? 1,
        waitsForEndOf: Object.entries(service.depends_on ?? {})
          .filter(([, awaited]) => awaited.condition === 'service_completed_successfully')
          .map(([awaited]) => awaited),
      };
    }),
  };
};

const labelsOf = (labels: string[] | Record<string, string> | undefined): Record<string, string> =>
  Array.isArray(labels)
    ? Object.fromEntries(
        labels.map((label) => {
          const [name = '', value = ''] = label.split(/=(.*)/s);
          return [name, value];
        }),
      )
    : { ...labels };

/** Puts variables into all values, as compose does: `$NAME`, `${NAME:-default}`, `${NAME:?problem}`. */
const interpolate = (value: unknown, variables: Readonly<Record<string, string>>): unknown => {
  if (typeof value === 'string') return fill(value, variables);
  if (Array.isArray(value)) return value.map((item) => interpolate(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, interpolate(item, variables)]),
  );
};

const fill = (text: string, variables: Readonly<Record<string, string>>): string =>
  text.replace(
    /\$\$|\$\{([A-Za-z_]\w*)(?:(:?[-?+])([^}]*))?\}|\$([A-Za-z_]\w*)/g,
    (whole, name: string | undefined, operator: string | undefined, other = '', bare?: string) => {
      if (whole === '$$') return '$';
      const value = variables[name ?? bare ?? ''];
      const isSet = value !== undefined && !(operator?.startsWith(':') && value === '');
      switch (operator?.replace(':', '')) {
        case '-':
          return isSet ? (value ?? '') : other;
        case '+':
          return isSet ? other : '';
        case '?':
          if (!isSet) throw new Error(`required variable ${name} is missing a value: ${other}`);
          return value ?? '';
        default:
          return value ?? '';
      }
    },
  );
