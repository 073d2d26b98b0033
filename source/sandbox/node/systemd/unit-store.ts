import path from 'node:path';
import { unpackTar } from 'modern-tar';
import type { NodeShell } from '../node-shell.ts';
import { builtInAliases, builtInUnits } from './built-in-units.ts';
import { brokenUnit, type Machine, readUnit, type UnitSource } from './read-unit.ts';
import {
  completeUnitName,
  type DependencyKind,
  dependencyKinds,
  type Unit,
  unitSuffix,
} from './unit.ts';

/** Where unit files lie, the first wins (systemd.unit(5)). */
export const unitFolders = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
] as const;

const packScript = `
cd "\${SPOT_TUI_ROOT:-/}" || exit
set --
for folder in ${unitFolders.map((folder) => folder.slice(1)).join(' ')}; do
  [ ! -d "$folder" ] || set -- "$@" "$folder"
done
[ "$#" -eq 0 ] || exec tar -cf - "$@"
`;

type StoredFile = { readonly text: string } | { readonly link: string };

/**
 * The unit files of a node as they were when they were read last: what changes later counts after
 * the next `daemon-reload`, as with systemd. Units that are not known yet are looked for again.
 */
export class UnitStore {
  readonly #shell: NodeShell;
  readonly #machine: Machine;
  readonly #builtInUnits: Map<string, Unit>;
  readonly #units = new Map<string, Unit>();
  #dependents: ReadonlyMap<string, readonly string[]> | undefined;
  #files: ReadonlyMap<string, StoredFile> = new Map();

  constructor(options: {
    readonly shell: NodeShell;
    readonly machine: Machine;
    /** Built-in units, read once for all nodes. */
    readonly builtInUnits: Map<string, Unit>;
  }) {
    this.#shell = options.shell;
    this.#machine = options.machine;
    this.#builtInUnits = options.builtInUnits;
  }

  /** Reads all unit files again. */
  async reload(): Promise<void> {
    this.#files = await this.#readFiles();
    this.#units.clear();
    this.#dependents = undefined;
  }

  /** The unit of a name; one that does not exist has load state `not-found`. */
  async load(name: string): Promise<Unit> {
    const id = completeUnitName(name);
    const known = this.#find(id);
    if (known.loadState !== 'not-found') return known;
    // Written since: systemd, too, reads a unit when it is asked for it first.
    const files = await this.#readFiles();
    const found = this.#pathOf(id, files);
    if (found === undefined) return known;
    this.#files = files;
    this.#units.delete(id);
    this.#dependents = undefined;
    return this.#find(id);
  }

  /** The unit of a name as far as it is known. */
  get(name: string): Unit {
    return this.#find(completeUnitName(name));
  }

  /** Names of all units that have a file or are built in. */
  names(): string[] {
    const names = new Set(Object.keys(builtInUnits));
    for (const file of this.#files.keys()) {
      if ((unitFolders as readonly string[]).includes(path.dirname(file))) {
        names.add(path.basename(file));
      }
    }
    return [...names].filter((name) => /\.[a-z]+$/.test(name)).sort();
  }

  /** Units that name this one under a kind of dependency. */
  dependents(id: string, kind: DependencyKind): readonly string[] {
    this.#dependents ??= this.#findDependents();
    return this.#dependents.get(`${kind} ${id}`) ?? [];
  }

  /** The text of a unit file or drop-in; empty where there is none. */
  textOf(file: string): string {
    const stored = this.#files.get(file);
    return stored !== undefined && 'text' in stored ? stored.text : '';
  }

  /** Links in `.wants` and `.requires` folders that make others start a unit. */
  enablingLinks(id: string): string[] {
    return [...this.#files.keys()].filter(
      (file) => path.basename(file) === id && /\.(?:wants|requires)$/.test(path.dirname(file)),
    );
  }

  /** What `systemctl is-enabled` says of a unit. */
  fileState(unit: Unit): string {
    if (unit.loadState === 'not-found') return '';
    if (unit.loadState === 'masked') return 'masked';
    const links = this.enablingLinks(unit.id);
    if (links.some((link) => !link.startsWith('/run/'))) return 'enabled';
    if (links.length > 0) return 'enabled-runtime';
    const { wantedBy, requiredBy, aliases, also } = unit.install;
    if (unit.builtIn) return wantedBy.length > 0 ? 'enabled' : 'static';
    return wantedBy.length + requiredBy.length + aliases.length > 0
      ? 'disabled'
      : also.length > 0
        ? 'indirect'
        : 'static';
  }

  #find(name: string): Unit {
    const id = this.#resolveAlias(name);
    const cached = this.#units.get(id);
    if (cached !== undefined) return cached;
    const shared = this.#isUntouched(id) ? this.#builtInUnits.get(id) : undefined;
    const unit = shared ?? this.#read(id);
    if (shared === undefined && this.#isUntouched(id)) this.#builtInUnits.set(id, unit);
    this.#units.set(id, unit);
    return unit;
  }

  /** Whether a built-in unit is as it comes with the machine. */
  #isUntouched(id: string): boolean {
    if (builtInUnits[id] === undefined) return false;
    for (const file of this.#files.keys()) {
      if (file.endsWith(`/${id}`) || file.includes(`/${id}.`)) return false;
    }
    return ![...this.#files.keys()].some((file) => /\/(?:service|target)\.d\//.test(file));
  }

  #read(id: string): Unit {
    const file = this.#pathOf(id, this.#files);
    const builtIn = builtInUnits[id];
    const stored = file === undefined ? undefined : this.#files.get(file);
    const source: UnitSource = {
      id,
      path: file ?? (builtIn === undefined ? '' : `/usr/lib/systemd/system/${id}`),
      text: stored !== undefined && 'text' in stored ? stored.text : (builtIn ?? ''),
      dropIns: this.#dropIns(id),
      wants: this.#linked(id, 'wants'),
      requires: this.#linked(id, 'requires'),
      builtIn: stored === undefined && builtIn !== undefined,
    };
    if (stored !== undefined && 'link' in stored) return brokenUnit(source, 'masked');
    if (stored === undefined && builtIn === undefined) {
      return brokenUnit(source, 'not-found', `Unit ${id} not found.`);
    }
    return readUnit(source, this.#machine);
  }

  #findDependents(): ReadonlyMap<string, readonly string[]> {
    const dependents = new Map<string, string[]>();
    for (const name of this.names()) {
      const unit = this.#find(name);
      if (unit.id !== name) continue;
      for (const kind of dependencyKinds) {
        for (const other of unit.dependencies[kind]) {
          const key = `${kind} ${this.#resolveAlias(other)}`;
          const known = dependents.get(key);
          if (known === undefined) dependents.set(key, [name]);
          else known.push(name);
        }
      }
    }
    return dependents;
  }

  #pathOf(id: string, files: ReadonlyMap<string, StoredFile>): string | undefined {
    const template = id.replace(/@[^.]*(\.[a-z]+)$/, '@$1');
    for (const folder of unitFolders) {
      for (const name of template === id ? [id] : [id, template]) {
        const file = `${folder}/${name}`;
        if (files.has(file)) return file;
      }
    }
    return undefined;
  }

  /** A link of another name to a unit is that unit's alias. */
  #resolveAlias(id: string): string {
    const file = this.#pathOf(id, this.#files);
    const stored = file === undefined ? undefined : this.#files.get(file);
    if (stored === undefined) return builtInAliases[id] ?? id;
    if (!('link' in stored) || stored.link === '/dev/null') return id;
    const target = path.basename(stored.link);
    return target === id || unitSuffix(target) !== unitSuffix(id) ? id : target;
  }

  #dropIns(id: string): { path: string; text: string }[] {
    const suffix = unitSuffix(id);
    const template = id.replace(/@[^.]*(\.[a-z]+)$/, '@$1');
    const folders = new Set([`${suffix}.d`, `${template}.d`, `${id}.d`]);
    const found = new Map<string, { path: string; text: string }>();
    for (const [file, stored] of this.#files) {
      if (!file.endsWith('.conf') || !('text' in stored)) continue;
      const folder = path.basename(path.dirname(file));
      const name = path.basename(file);
      if (folders.has(folder) && !found.has(name))
        found.set(name, { path: file, text: stored.text });
    }
    return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, dropIn]) => dropIn);
  }

  #linked(id: string, kind: 'wants' | 'requires'): string[] {
    return [...this.#files.keys()]
      .filter((file) => path.basename(path.dirname(file)) === `${id}.${kind}`)
      .map((file) => path.basename(file));
  }

  async #readFiles(): Promise<ReadonlyMap<string, StoredFile>> {
    const archive = await this.#shell.runForBytes(packScript);
    const files = new Map<string, StoredFile>();
    const linked: string[] = [];
    for (const { header, data } of await unpackTar(archive)) {
      const file = `/${header.name}`;
      if (header.type === 'file') {
        files.set(file, { text: Buffer.from(data ?? []).toString('utf8') });
      } else if (header.type === 'symlink') {
        const target = path.resolve(path.dirname(file), header.linkname ?? '');
        files.set(file, { link: target });
        if (target !== '/dev/null') linked.push(file);
      }
    }
    // `systemctl link` and the like: a file that lies elsewhere, under its own name.
    for (const file of linked) {
      const stored = files.get(file);
      if (stored === undefined || 'text' in stored) continue;
      if (path.basename(stored.link) !== path.basename(file) || files.has(stored.link)) continue;
      if (!(unitFolders as readonly string[]).includes(path.dirname(file))) continue;
      const text = await this.#shell.read(stored.link);
      if (text === undefined) files.delete(file);
      else files.set(file, { text });
    }
    return files;
  }
}
