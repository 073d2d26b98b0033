import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, complain } from './call.ts';
import { type OptionTable, parseOptions } from './options.ts';

/** Packages that a node begins with. */
const initialPackages = [
  'apt',
  'bash',
  'ca-certificates',
  'cloud-init',
  'containerd',
  'coreutils',
  'curl',
  'docker-compose-v2',
  'docker.io',
  'dpkg',
  'openssh-server',
  'sudo',
  'systemd',
];

/** What a node takes for installed: names, nothing more. */
export class PackageRecord {
  readonly #installed = new Set(initialPackages);
  readonly #installTime: () => number;

  /** @param options.installTime Milliseconds that the next installation takes. */
  constructor(options: { readonly installTime: () => number }) {
    this.#installTime = options.installTime;
  }

  names(): string[] {
    return [...this.#installed].sort();
  }

  has(name: string): boolean {
    return this.#installed.has(name);
  }

  /**
   * Records packages as installed; the answer is those that were not.
   *
   * @throws Error in apt's words for what is no name of a package.
   */
  async install(names: readonly string[], signal?: AbortSignal): Promise<string[]> {
    const wrong = names.find((name) => !isPackageName(name));
    if (wrong !== undefined) throw new Error(`Unable to locate package ${wrong}`);
    const added = names.filter((name) => !this.#installed.has(name));
    if (added.length > 0) {
      await sleep(this.#installTime(), undefined, signal === undefined ? {} : { signal });
    }
    for (const name of added) this.#installed.add(name);
    return added;
  }

  remove(names: readonly string[]): void {
    for (const name of names) this.#installed.delete(name);
  }
}

/** https://www.debian.org/doc/debian-policy/ch-controlfields.html#source */
const isPackageName = (name: string): boolean =>
  /^[a-z0-9][a-z0-9+.-]+(?:[:=/][\w.:~+-]+)?$/.test(name);

const aptOptions: OptionTable = {
  yes: { short: 'y' },
  'assume-yes': {},
  quiet: { short: 'q', value: 'optional' },
  option: { short: 'o', value: 'required' },
  'target-release': { short: 't', value: 'required' },
  'no-install-recommends': {},
  'no-install-suggests': {},
  'no-all-versions': {},
  'allow-downgrades': {},
  'allow-change-held-packages': {},
  'fix-broken': { short: 'f' },
  'fix-missing': { short: 'm' },
  'dry-run': { short: 's' },
  purge: {},
  'auto-remove': {},
  reinstall: {},
  'only-upgrade': {},
  'show-progress': {},
  installed: {},
  simulate: {},
  version: { short: 'v' },
};

/** apt-get(8), apt(8) and apt-cache(8). */
export const apt = async (call: Call, packages: PackageRecord): Promise<number> => {
  const given = parseOptions(call.words, aptOptions);
  if (given.problem !== undefined) return complain(call, `E: ${given.problem}`, 100);
  const [command = '', ...names] = given.operands;
  const changes = !['show', 'list', 'policy', 'search'].includes(command);
  if (call.user !== 0 && changes && !given.has('version')) {
    call.err(
      'E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\n',
    );
    return complain(call, 'E: Unable to acquire the dpkg frontend lock, are you root?', 100);
  }
  switch (command) {
    case 'update':
      call.out(
        'Hit:1 http://archive.ubuntu.com/ubuntu noble InRelease\nReading package lists...\n',
      );
      return 0;
    case 'install': {
      try {
        const added = await packages.install(names, call.signal);
        call.out('Reading package lists...\nBuilding dependency tree...\n');
        for (const name of added)
          call.out(`Setting up ${name} (a stand-in, nothing is installed) ...\n`);
        call.out(`0 upgraded, ${added.length} newly installed, 0 to remove and 0 not upgraded.\n`);
        return 0;
      } catch (error) {
        return complain(call, `E: ${error instanceof Error ? error.message : String(error)}`, 100);
      }
    }
    case 'remove':
    case 'purge':
      packages.remove(names);
      return 0;
    case 'show':
    case 'policy':
      for (const name of names) {
        if (isPackageName(name)) call.out(`Package: ${name}\nVersion: 1.0-sandbox\n\n`);
      }
      return 0;
    case 'list':
      for (const name of packages.names())
        call.out(`${name}/noble,now 1.0-sandbox amd64 [installed]\n`);
      return 0;
    case 'upgrade':
    case 'dist-upgrade':
    case 'full-upgrade':
    case 'autoremove':
    case 'autoclean':
    case 'clean':
    case 'check':
      return 0;
    default:
      if (given.has('version')) {
        call.out('apt 2.8.3 (sandbox)\n');
        return 0;
      }
      return complain(
        call,
        `E: Invalid operation ${command} (or not simulated in the sandbox)`,
        100,
      );
  }
};

/** dpkg(1) and dpkg-query(1): what is installed. */
export const dpkg = (call: Call, packages: PackageRecord): number => {
  const given = parseOptions(call.words, {
    status: { short: 's' },
    list: { short: 'l' },
    show: { short: 'W' },
    showformat: { short: 'f', value: 'required' },
    listfiles: { short: 'L' },
    'print-architecture': {},
    configure: {},
    pending: { short: 'a' },
  });
  if (given.has('print-architecture')) {
    call.out(`${process.arch === 'arm64' ? 'arm64' : 'amd64'}\n`);
    return 0;
  }
  if (given.has('configure')) return 0;
  const names = given.operands.length === 0 ? packages.names() : given.operands;
  let status = 0;
  for (const name of names) {
    if (!packages.has(name)) {
      status = complain(call, `dpkg-query: no packages found matching ${name}`);
    } else if (given.has('status')) {
      call.out(`Package: ${name}\nStatus: install ok installed\nVersion: 1.0-sandbox\n\n`);
    } else if (given.has('show')) {
      const format = given.last('showformat');
      call.out(format === undefined ? `${name}\t1.0-sandbox\n` : fillFormat(format, name));
    } else {
      call.out(`ii  ${name}  1.0-sandbox  amd64  a stand-in\n`);
    }
  }
  return status;
};

const fields: Readonly<Record<string, string>> = {
  Version: '1.0-sandbox',
  Architecture: 'amd64',
  Status: 'install ok installed',
  'db:Status-Status': 'installed',
  'db:Status-Abbrev': 'ii ',
};

const fillFormat = (format: string, name: string): string =>
  format
    .replace(/\$\{([^};]+)(?:;[^}]*)?\}/g, (_, field: string) =>
      /^(?:binary:)?Package$/.test(field) ? name : (fields[field] ?? ''),
    )
    .replaceAll('\\n', '\n')
    .replaceAll('\\t', '\t');
