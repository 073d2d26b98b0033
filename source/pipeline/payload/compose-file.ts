import * as z from 'zod';
import { parseYaml } from '../../config/yaml-document.ts';
import type { PayloadFile } from './payload-file.ts';

/** A service of a stack, as far as a node's verification and its unit need to know it. */
export type ComposeService = {
  readonly name: string;
  /** As it is written: variables and placeholders are filled in on the node. */
  readonly containerName?: string;
  /** None: it is started in any case. */
  readonly profiles: readonly string[];
  readonly replicas: number;
  /** Services that must have ended without an error before this one starts. */
  readonly waitsForEndOf: readonly string[];
  /** Whether its image is made from files of the stack. */
  readonly isBuilt: boolean;
};

const dependencies = z.record(
  z.string(),
  z.object({ condition: z.string().optional() }).nullable(),
);

/** https://github.com/compose-spec/compose-spec/blob/main/05-services.md */
const service = z.object({
  container_name: z.string().optional().catch(undefined),
  profiles: z.array(z.string()).optional().catch(undefined),
  scale: z.int().optional().catch(undefined),
  deploy: z
    .object({ mode: z.string().optional(), replicas: z.int().optional().catch(undefined) })
    .nullish()
    .catch(undefined),
  depends_on: z
    .union([z.array(z.string()).transform((): z.output<typeof dependencies> => ({})), dependencies])
    .nullish()
    .catch(undefined),
  build: z.unknown().optional(),
});

/** A service as one file has it; others may say more of it. */
export type WrittenService = z.output<typeof service>;

const composeFile = z.object({ services: z.record(z.string(), service.nullable()).nullish() });

/** Of no meaning to YAML, and in nobody's files. */
const standIn = '\u{e000}';

/** A template whose YAML can be read before it is filled in; what stands where is the same. */
const withoutPlaceholders = (text: string): string =>
  text.replaceAll(/\{\{[^{}\n]*\}\}/g, (placeholder) => standIn.repeat(placeholder.length));

/** Whether a value is known before the node fills in variables and placeholders. */
export const isKnown = (value: string): boolean => !/[$\u{e000}]/u.test(value);

/**
 * The services that one compose file names, or what is wrong with it: where in the file, and what.
 * Whether Compose accepts the rest of it is left to Compose.
 */
export const readComposeFile = (
  { content, name }: PayloadFile,
  options: { readonly isTemplate: boolean },
): ReadonlyMap<string, WrittenService> | { readonly place: string; readonly problem: string } => {
  const text = content.toString('utf8');
  const { errors, fatalIssues, locate, value } = parseYaml(
    options.isTemplate ? withoutPlaceholders(text) : text,
  );
  const [issue] = [...fatalIssues, ...errors];
  if (issue !== undefined) {
    return { place: placeOf(issue.position), problem: issue.message };
  }
  const parsed = composeFile.safeParse(value);
  if (!parsed.success) {
    const path = (parsed.error.issues[0]?.path ?? []).map(String);
    const what = path.length < 2 ? 'a map of services such as {web: {image: nginx}}' : 'a map';
    return {
      place: placeOf(locate(path)),
      problem: `${path.join('.') || name.split('/').at(-1)}: expected ${what}`,
    };
  }
  const services = Object.entries(parsed.data.services ?? {});
  const odd = services.find(([each]) => !/^[A-Za-z0-9._-]+$/.test(each));
  if (odd !== undefined) {
    return {
      place: placeOf(locate(['services', odd[0]])),
      problem: `services: expected names of letters, digits, ".", "_" and "-", got ${JSON.stringify(odd[0])}`,
    };
  }
  return new Map(services.map(([each, written]) => [each, written ?? {}]));
};

const placeOf = ({ line, column }: { readonly line: number; readonly column: number }): string =>
  `${line}:${column}`;

/** What the files of a stack say together, the later ones on top. */
export const mergeComposeFiles = (
  files: readonly ReadonlyMap<string, WrittenService>[],
): ComposeService[] => {
  const merged = new Map<string, WrittenService>();
  for (const [name, written] of files.flatMap((file) => [...file])) {
    const known = merged.get(name);
    const given = Object.entries(written).filter(([, value]) => value !== undefined);
    merged.set(name, {
      ...known,
      ...Object.fromEntries(given),
      deploy: { ...known?.deploy, ...written.deploy },
      depends_on: { ...known?.depends_on, ...written.depends_on },
    });
  }
  return [...merged].map(([name, written]) => ({
    name,
    ...(written.container_name === undefined ? {} : { containerName: written.container_name }),
    profiles: written.profiles ?? [],
    replicas: written.deploy?.replicas ?? written.scale ?? 1,
    waitsForEndOf: Object.entries(written.depends_on ?? {})
      .filter(([, awaited]) => awaited?.condition === 'service_completed_successfully')
      .map(([awaited]) => awaited),
    isBuilt: written.build !== undefined && written.build !== null,
  }));
};
