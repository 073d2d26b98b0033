import { isDeepStrictEqual } from 'node:util';
import { Document, isMap, isSeq, parseDocument, type YAMLSeq } from 'yaml';
import { ConfigError } from '../../config/issue.ts';
import { readAdditions } from '../../pipeline/cloud-config-additions.ts';
import type { LeftOut } from './left-out.ts';
import type { NodeNeeds } from './node-needs.ts';
import type { OldFile } from './old-file.ts';
import type { OldSettings } from './old-settings.ts';

export type NewCloudInit = {
  /** cloud-config with what is of use; undefined where nothing is. */
  readonly text?: string;
  readonly leftOut: readonly LeftOut[];
};

/** Placeholders stand for themselves here: `create` fills them in. */
const placeholders = new Map(['username', 'public_ssh_key'].map((name) => [name, `\${${name}}`]));

/** Commands whose work is done on every node in any case. */
const doneAnyway: readonly (readonly [what: string, pattern: RegExp])[] = [
  [
    'Docker and Compose are there',
    /install-docker|get\.docker\.com|download\.docker\.com|docker-ce\b|\bsystemctl\s+(?:-\S+\s+)*(?:enable|start|restart)\s+(?:-\S+\s+)*(?:docker|containerd)(?:\.service)?\s*$|\busermod\s[^\n]*\bdocker\b/,
  ],
  ['the login user’s key is there', /\/\.ssh(?:\/|\b)|\$\{public_ssh_key\}/],
  [
    'their folders are there and belong to the login user',
    /^(?:sudo\s+)?(?:mkdir|chown|chmod)\s(?:\s*(?:-\S+|0?[0-7]{3}|[\w${}.-]*:[\w${}.-]*|\/bacalhau_(?:data|node)|\/opt\/(?:uploaded_files|sensor)\S*|\/etc\/systemd\/system|\/usr\/local\/bin))+\s*$/,
  ],
  ['systemd is told of the units', /^(?:sudo\s+)?systemctl\s+daemon-reload\s*$/],
];

/**
 * What of the old system's template nodes can use, with its comments, and what its scripts need of
 * nodes beside.
 *
 * @param template Undefined where there is none.
 * @param settings The old configuration, for the folders that its template leaves to be filled in.
 */
export const rewriteCloudInit = (
  template: OldFile | undefined,
  needs: NodeNeeds,
  settings: OldSettings,
): NewCloudInit => {
  const leftOut: LeftOut[] = [];
  let document = template === undefined ? undefined : usable(template, settings, leftOut);
  if (needs.packages.length > 0 || needs.commands.length > 0) {
    document ??= new Document({});
    addNeeds(document, needs);
  }
  const contents: unknown = document?.contents;
  if (document === undefined || !isMap(contents) || contents.items.length === 0) {
    return { leftOut };
  }
  const text = document
    .toString({ lineWidth: 0, flowCollectionPadding: false })
    .replaceAll(/\n{3,}/g, '\n\n');
  return {
    text: text.startsWith('#cloud-config') ? text : `#cloud-config\n${text}`,
    leftOut,
  };
};

const usable = (
  template: OldFile,
  { aws }: OldSettings,
  leftOut: LeftOut[],
): Document | undefined => {
  const leave = (what: string, reason: string, instead?: string) => {
    const row = { what: [`${what} in ${template.path}`], reason };
    leftOut.push(instead === undefined ? row : { ...row, instead });
  };
  const written = template.content
    .toString('utf8')
    .replaceAll(/\/?\$\{(bacalhau_(node|data)_dir)\}/g, (_, key: string, kind: string) =>
      String(aws[key] ?? `/bacalhau_${kind}`),
    );
  const document: Document = parseDocument(written);
  let cloudConfig: Readonly<Record<string, unknown>>;
  try {
    if (document.errors.length === 0) leaveOutDoneAnyway(document, leave);
    const additions = readAdditions(
      {
        file: template.path,
        text: document.errors.length === 0 ? String(document) : written,
      },
      placeholders,
      [],
    );
    for (const warning of additions.warnings) {
      const [, what = warning, reason = ''] = /: left out (.*): ([^:]*)$/s.exec(warning) ?? [];
      leave(what, reason);
    }
    cloudConfig = additions.cloudConfig;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    leave(
      'everything',
      `it can't be used: ${error.issues.map(({ message }) => message).join('; ')}`,
      'write cloud-init.yaml, name it as cloud_init_template, and compare spot-tui validate',
    );
    return undefined;
  }
  keepOnly(document, cloudConfig);
  return document;
};

const leaveOutDoneAnyway = (
  document: Document,
  leave: (what: string, reason: string) => void,
): void => {
  for (const key of ['runcmd', 'bootcmd']) {
    const commands = document.get(key);
    if (!isSeq(commands)) continue;
    const counts = new Map<string, number>();
    commands.items = commands.items.filter((item) => {
      const text = commandText(plain(document, item));
      const [what] = doneAnyway.find(([, pattern]) => pattern.test(text)) ?? [];
      if (what === undefined) return true;
      counts.set(what, (counts.get(what) ?? 0) + 1);
      return false;
    });
    for (const [what, count] of counts) {
      leave(`${count} command${count === 1 ? '' : 's'} of ${key}`, `${what} on every node`);
    }
  }
};

/** Takes out what is not in `wanted`, so that what stays keeps its comments. */
const keepOnly = (document: Document, wanted: Readonly<Record<string, unknown>>): void => {
  if (!isMap(document.contents)) return;
  const written: unknown = document.toJS();
  const old = new Map(Object.entries(typeof written === 'object' && written ? written : {}));
  for (const key of old.keys()) {
    const value = wanted[key];
    const isEmpty = Array.isArray(value) && value.length === 0;
    if (value === undefined || isEmpty) {
      document.delete(key);
      continue;
    }
    const node = document.get(key);
    if (isSeq(node) && Array.isArray(value)) keepItems(document, node, value);
    if (!isDeepStrictEqual(plain(document, document.get(key, true)), value)) {
      document.set(key, document.createNode(value));
    }
  }
  for (const [key, value] of Object.entries(wanted)) {
    if (!old.has(key)) document.set(key, document.createNode(value));
  }
};

const keepItems = (document: Document, list: YAMLSeq, wanted: readonly unknown[]): void => {
  const left = [...wanted];
  list.items = list.items.filter((item) => {
    const at = left.findIndex((value) => isDeepStrictEqual(value, plain(document, item)));
    if (at !== -1) left.splice(at, 1);
    return at !== -1;
  });
};

const addNeeds = (document: Document, { packages, commands }: NodeNeeds): void => {
  const append = (key: string, value: unknown, comment?: string) => {
    if (!isSeq(document.get(key))) document.set(key, document.createNode([]));
    const node = document.createNode(value);
    if (comment !== undefined) node.commentBefore = ` ${comment}`;
    const list = document.get(key);
    if (isSeq(list)) {
      list.flow = false;
      list.add(node);
    }
  };
  const present: unknown = document.toJS()?.packages;
  for (const name of packages) {
    if (!(Array.isArray(present) && present.includes(name))) append('packages', name);
  }
  for (const { command, why } of commands) append('runcmd', command, why);
};

const plain = (document: Document, node: unknown): unknown =>
  typeof node === 'object' && node !== null && 'toJS' in node && typeof node.toJS === 'function'
    ? node.toJS(document)
    : node;

const commandText = (command: unknown): string =>
  Array.isArray(command) ? command.join(' ') : String(command ?? '');
