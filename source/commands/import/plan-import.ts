import path from 'node:path';
import { findCautions } from './cautions.ts';
import type { Checkout } from './checkout.ts';
import { classify, type NewFile } from './classify.ts';
import { rewriteCloudInit } from './cloud-init.ts';
import { type ConfigEdit, editsOf } from './config-edits.ts';
import { ignoreFile } from './ignore-file.ts';
import { groupedByReason, type LeftOut } from './left-out.ts';
import { placeMirror, placingDropIn, placingScript } from './mirror.ts';
import { findNodeNeeds } from './node-needs.ts';
import type { OldSettings } from './old-settings.ts';
import { rewriteConfiguration } from './rewrite-config.ts';
import { leftOutNames } from './root-names.ts';
import type { OldDeployment } from './uploads.ts';

/** Everything that an import does, before it does it. */
export type ImportPlan = {
  /** All files of the new folder, the schema aside. */
  readonly files: readonly NewFile[];
  /** Keys of `aws` that say something else than before. */
  readonly edits: readonly ConfigEdit[];
  readonly leftOut: readonly LeftOut[];
  /** What to look at in what was taken. */
  readonly cautions: readonly string[];
};

export type OldSystem = {
  readonly checkout: Checkout;
  readonly settings: OldSettings;
  readonly deployment: OldDeployment;
  /** The checkout as the user named it. */
  readonly shown: string;
};

/**
 * Decides what becomes of each part of an old checkout.
 *
 * @param existingIgnoreFile The new folder's `.gitignore`, if it has one.
 */
export const planImport = (
  { checkout, deployment, settings, shown }: OldSystem,
  existingIgnoreFile?: string,
): ImportPlan => {
  const mirror = placeMirror(deployment.mirrored);
  const named = { ...deployment.named, ...mirror.named };
  const classified = classify([...deployment.uploads, ...mirror.uploads]);
  const files = [...classified.files];
  const places = mirror.needsPlacing && named.startup_script === undefined;
  if (places) files.push(...placingFiles(files));

  const template = deployment.cloudInit?.content.toString('utf8') ?? '';
  const needs = findNodeNeeds(files, template);
  const cloudInit = rewriteCloudInit(deployment.cloudInit, needs, settings);
  const { edits, leftOut: leftOutKeys } = editsOf({
    settings,
    named,
    files,
    leftOutPaths: new Set([...classified.leftOut, ...mirror.leftOut].flatMap(({ what }) => what)),
    hasCloudInit: cloudInit.text !== undefined,
    ...(places ? { startupScript: placingScriptPath } : {}),
  });
  const { configuration } = checkout;
  const made: NewFile[] = [
    {
      path: 'config.yaml',
      content: Buffer.from(
        rewriteConfiguration(configuration.text, {
          aws: new Map(edits.map(({ key, to }) => [key, to])),
          unknownKeys: settings.unknownKeys.map(({ path: keyPath }) => keyPath),
          heading: headingOf(shown, configuration.name),
        }),
      ),
      mode: 0o644,
      isSecret: false,
      from: configuration.name,
    },
  ];
  if (cloudInit.text !== undefined) {
    made.push({
      path: 'cloud-init.yaml',
      content: Buffer.from(cloudInit.text),
      mode: 0o644,
      isSecret: false,
      ...(deployment.cloudInit === undefined ? {} : { from: deployment.cloudInit.path }),
    });
  }
  const ignore = ignoreFile(
    files.filter(({ isSecret }) => isSecret).map((file) => file.path),
    existingIgnoreFile,
  );
  if (ignore !== undefined) {
    made.push({ path: '.gitignore', content: Buffer.from(ignore), mode: 0o644, isSecret: false });
  }
  const username = settings.aws.username;
  return {
    files: [...made, ...files],
    edits,
    leftOut: groupedByReason([
      ...settings.unknownKeys.map(({ key, line, message }) => ({
        what: [`${key} (${configuration.name}:${line})`],
        reason: message,
      })),
      ...leftOutKeys,
      ...classified.leftOut,
      ...mirror.leftOut,
      ...cloudInit.leftOut,
      ...leftOutNames(
        checkout.names.filter(
          (name) => name !== configuration.name && !deployment.usedNames.has(name),
        ),
      ),
    ]),
    cautions: [
      ...(configuration.isExample
        ? [
            `config.yaml is made of ${configuration.name}, the only configuration there: its key, regions and tags are examples`,
          ]
        : []),
      ...strayLinks(deployment, [...made, ...files]),
      ...missingOrchestrator(files),
      ...needs.cautions,
      ...findCautions(files, typeof username === 'string' ? username : 'ubuntu'),
    ],
  };
};

const placingScriptPath = 'scripts/place-instance-files.sh';

const placingFiles = (files: readonly NewFile[]): NewFile[] => [
  {
    path: placingScriptPath,
    content: Buffer.from(placingScript),
    mode: 0o755,
    isSecret: false,
  },
  ...files
    .filter((file) => /^services\/[^/]+\.service$/.test(file.path))
    .map(
      (file): NewFile => ({
        path: `${file.path}.d/instance-files.conf`,
        content: Buffer.from(placingDropIn),
        mode: 0o644,
        isSecret: false,
      }),
    ),
];

const headingOf = (shown: string, name: string): string[] => [
  'yaml-language-server: $schema=config.schema.json',
  '',
  `Made by \`spot-tui init --from\` out of ${path.basename(path.resolve(shown))}/${name}. Comments are those of the old`,
  'file: paths on the nodes that they name, and steps that they describe, may be gone.',
];

/** Whoever takes over somebody else's checkout may not know where its links lead. */
const strayLinks = (
  { cloudInit, mirrored, uploads }: OldDeployment,
  files: readonly NewFile[],
): string[] => {
  const taken = new Set(files.map(({ from }) => from));
  const read = [...uploads.map(({ file }) => file), ...mirrored.values()];
  return [...new Set([...read, ...(cloudInit === undefined ? [] : [cloudInit])])].flatMap(
    ({ linkedFrom, path: file }) =>
      linkedFrom === undefined || !taken.has(file)
        ? []
        : [
            `${file}: a link out of the checkout. What nodes will get is a copy of ${linkedFrom}: is it meant for them?`,
          ],
  );
};

/** The old program read these two and put them into Bacalhau's configuration. */
const missingOrchestrator = (files: readonly NewFile[]): string[] => {
  const isAsked = files.some(({ content }) => content.includes('{{ORCHESTRATOR_'));
  const missing = ['orchestrator_endpoint', 'orchestrator_token'].filter(
    (name) =>
      !files.some((file) => file.path === `files/${name}` || file.path === `config/${name}`),
  );
  return isAsked && missing.length > 0
    ? [
        `write ${missing.map((name) => `files/${name}`).join(' and ')}: Bacalhau’s configuration asks for ${missing.length === 1 ? 'it' : 'them'}, and without an orchestrator each node is its own`,
      ]
    : [];
};
