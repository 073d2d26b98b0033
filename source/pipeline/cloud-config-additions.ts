import { ConfigError } from '../config/issue.ts';
import { isPlainMap, type PlainMap } from '../config/plain-map.ts';
import { parseYaml } from '../config/yaml-document.ts';
import { leaveOutCommands } from './cloud-config-commands.ts';
import { fillPlaceholders } from './placeholders.ts';

/** The configuration's own cloud-config. */
export type CloudConfigAdditions = {
  /** Its name for people. */
  readonly file: string;
  readonly text: string;
};

/** Keys that would undo what the program relies on, each with the reason for people. */
const refusedKeys: Readonly<Record<string, string>> = {
  power_state: 'it would reboot or stop nodes while they are being set up, and nothing needs it',
  package_reboot_if_required: 'it would reboot nodes while they are being set up',
  cloud_init_modules: 'it would replace the image’s own modules',
  cloud_config_modules: 'it would replace the image’s own modules',
  cloud_final_modules: 'it would replace the image’s own modules',
  merge_how: 'lists are appended and maps merged',
  merge_type: 'lists are appended and maps merged',
};

/** What the old system's templates leave to be filled in with parts of its upload. */
const uploadPlaceholder = /\$\{(?:compressed_scripts|bacalhau_config_file)\}/;
const uploadFolder = /^\/tmp\/(?:exs|uploaded_files)(?:\/|$)/;

/**
 * Reads cloud-config that is to be merged over the program's own, the old system's templates
 * included: known placeholders are filled in, and what would reboot a node or race with the upload
 * is left out.
 *
 * @param values Placeholders with their values; `public_ssh_key` may be missing.
 * @param ownFiles Paths that the program's own cloud-config writes.
 * @throws ConfigError with a line for everything that makes it unusable.
 */
export const readAdditions = (
  { file, text }: CloudConfigAdditions,
  values: ReadonlyMap<string, string>,
  ownFiles: readonly string[],
): { readonly cloudConfig: PlainMap; readonly warnings: readonly string[] } => {
  const warnings: string[] = [];
  const warn = (what: string, why: string) => {
    warnings.push(`${file}: left out ${what}: ${why}`);
  };
  const result: Record<string, unknown> = {};
  const data = fillPlaceholders(parseAdditions(file, text), values);
  const username = values.get('username') ?? '';

  for (const [key, value] of Object.entries(isPlainMap(data) ? data : {})) {
    const refusal = refusedKeys[key];
    if (refusal !== undefined) {
      if (value !== false) warn(key, refusal);
    } else if (key === 'runcmd' || key === 'bootcmd') {
      const commands = leaveOutCommands(value, (what, why) => warn(`${what} of ${key}`, why));
      if (commands.length > 0) result[key] = commands;
    } else if (key === 'write_files') {
      result[key] = asList(value).flatMap((entry) => usableFile(entry, ownFiles, warn));
    } else if (key === 'users') {
      result[key] = asList(value).filter((user) => user !== 'default' && !isNamed(user, username));
      const login = asList(value).find((user) => isNamed(user, username));
      if (isPlainMap(login)) addLoginUser(result, login);
    } else if (key === 'user') {
      if (isNamed(isPlainMap(value) ? value : { name: value }, username)) {
        addLoginUser(result, isPlainMap(value) ? value : {});
      } else {
        warn(key, `the login user is ${username}, from the configuration’s username`);
      }
    } else if (key === 'ssh_authorized_keys') {
      addKeys(result, value);
    } else {
      result[key] = value;
    }
  }
  return { cloudConfig: result, warnings };
};

const parseAdditions = (file: string, text: string): unknown => {
  const start = text.trimStart();
  if (
    /^(?:#!|#include|#part-handler|#boothook|#cloud-boothook|Content-Type:|MIME-Version:)/i.test(
      start,
    )
  ) {
    throw new ConfigError([
      { file, message: 'expected cloud-config (YAML); a script belongs into startup_script' },
    ]);
  }
  if (/^##\s*template:/.test(start)) {
    throw new ConfigError([{ file, message: 'expected plain cloud-config, got a Jinja template' }]);
  }
  const document = parseYaml(text);
  const issues = [...document.fatalIssues, ...document.errors];
  if (issues.length > 0) throw new ConfigError(issues.map((issue) => ({ file, ...issue })));
  if (document.value === undefined || document.value === null) return {};
  if (!isPlainMap(document.value)) {
    throw new ConfigError([
      { file, position: document.locate([]), message: 'expected cloud-config: a map of its keys' },
    ]);
  }
  return document.value;
};

/** The program's own `user` makes the login user; only what it says nothing about is added. */
const addLoginUser = (result: Record<string, unknown>, login: PlainMap): void => {
  const { name, sudo, shell, lock_passwd, groups, ssh_authorized_keys, ...rest } = login;
  addKeys(result, ssh_authorized_keys);
  const others = asList(groups)
    .flatMap((group) => String(group).split(/[\s,]+/))
    .filter((group) => group !== '' && group !== 'docker');
  const user = { ...rest, ...(others.length === 0 ? {} : { groups: others }) };
  if (Object.keys(user).length > 0) result.user = user;
};

/** Without the placeholder that nothing could be filled in for. */
const addKeys = (result: Record<string, unknown>, keys: unknown): void => {
  const usable = asList(keys).filter((key) => !/^\$\{public_ssh_key\}$/.test(String(key)));
  if (usable.length === 0) return;
  result.ssh_authorized_keys = [...asList(result.ssh_authorized_keys), ...usable];
};

const usableFile = (
  entry: unknown,
  ownFiles: readonly string[],
  warn: (what: string, why: string) => void,
): readonly unknown[] => {
  if (!isPlainMap(entry)) return [entry];
  const { path, content, owner } = entry;
  const name = `${String(path)} of write_files`;
  if (uploadPlaceholder.test(String(content)) || uploadFolder.test(String(path))) {
    warn(name, 'files are uploaded over SSH');
    return [];
  }
  if (ownFiles.includes(String(path))) {
    warn(name, 'nodes have their own');
    return [];
  }
  // Files come before users, and a file of one that does not exist yet fails as a whole.
  const early = owner !== undefined && !/^root(?::root)?$/.test(String(owner));
  return [early && entry.defer === undefined ? { ...entry, defer: true } : entry];
};

const isNamed = (user: unknown, name: string): boolean => isPlainMap(user) && user.name === name;

const asList = (value: unknown): readonly unknown[] => {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
};
