import type { Unit } from '../systemd/unit.ts';
import { type Call, complain } from './call.ts';
import type { ParsedOptions } from './options.ts';
import { runJobs, type SystemctlMachine } from './systemctl-jobs.ts';

const folder = '/etc/systemd/system';

/** `systemctl enable` and `reenable`: links in the folders of those that want the unit. */
export const enableUnits = async (
  call: Call,
  machine: SystemctlMachine,
  names: readonly string[],
  given: ParsedOptions,
): Promise<number> => {
  const { manager } = machine;
  const links: string[] = [];
  const units: string[] = [];
  for (const name of names) {
    if (name.startsWith('/')) {
      const link = `${folder}/${name.split('/').at(-1)}`;
      if (link !== name) links.push(link, name);
      await makeLinks(call, machine, links.splice(0), given);
      await manager.reload();
    }
    const runtime = await manager.runtimeOf(name.split('/').at(-1) ?? name);
    const { unit } = runtime;
    if (unit.loadState === 'not-found') {
      return complain(call, `Failed to enable unit: Unit file ${unit.id} does not exist.`);
    }
    if (unit.loadState === 'masked') {
      return complain(call, `Failed to enable unit: Unit file ${unit.path} is masked.`);
    }
    if (unit.loadState === 'bad-setting') {
      return complain(call, `Failed to enable unit: ${unit.id}: ${unit.loadError ?? ''}`);
    }
    units.push(unit.id);
    const own = linksOf(unit);
    if (own.length === 0 && !unit.builtIn && !given.has('quiet')) call.err(`${noInstallation}\n`);
    links.push(...own);
    for (const other of unit.install.also) {
      links.push(...linksOf((await manager.runtimeOf(other)).unit));
    }
  }
  const status = await makeLinks(call, machine, links, given);
  if (status !== 0) return status;
  await manager.reload();
  return given.has('now') ? runJobs(call, manager, 'start', units, given) : 0;
};

/** `systemctl disable`, `mask` and `unmask`. */
export const disableUnits = async (
  call: Call,
  machine: SystemctlMachine,
  verb: 'disable' | 'mask' | 'unmask',
  names: readonly string[],
  given: ParsedOptions,
): Promise<number> => {
  const { manager, shell } = machine;
  const units: string[] = [];
  for (const name of names) {
    const { unit } = await manager.runtimeOf(name);
    if (unit.loadState === 'not-found' && verb === 'disable') {
      return complain(call, `Failed to disable unit: Unit file ${unit.id} does not exist.`);
    }
    units.push(unit.id);
    if (verb === 'disable') {
      const links = manager.store.enablingLinks(unit.id);
      if (links.length > 0) {
        await shell.run('for link; do rm -f "$SPOT_TUI_ROOT$link"; done', links);
        if (!given.has('quiet')) for (const link of links) call.err(`Removed ${link}.\n`);
      }
    } else if (verb === 'mask') {
      const { status, stderr } = await shell.run(
        '[ ! -f "$SPOT_TUI_ROOT$1" ] || [ -L "$SPOT_TUI_ROOT$1" ] || { echo "File $1 already exists." >&2; exit 1; }; ln -sf /dev/null "$SPOT_TUI_ROOT$1"',
        [`${folder}/${unit.id}`],
      );
      if (status !== 0) return complain(call, `Failed to mask unit: ${stderr.trim()}`);
      call.err(`Created symlink ${folder}/${unit.id} → /dev/null.\n`);
    } else {
      await shell.run('[ ! -L "$SPOT_TUI_ROOT$1" ] || rm -f "$SPOT_TUI_ROOT$1"', [
        `${folder}/${unit.id}`,
      ]);
    }
  }
  await manager.reload();
  return given.has('now') && verb !== 'unmask' ? runJobs(call, manager, 'stop', units, given) : 0;
};

/** Links that enable a unit, each followed by what it points to. */
const linksOf = (unit: Unit): string[] =>
  unit.builtIn
    ? []
    : [
        ...unit.install.wantedBy.flatMap((name) => [
          `${folder}/${name}.wants/${unit.id}`,
          unit.path,
        ]),
        ...unit.install.requiredBy.flatMap((name) => [
          `${folder}/${name}.requires/${unit.id}`,
          unit.path,
        ]),
        ...unit.install.aliases.flatMap((name) => [`${folder}/${name}`, unit.path]),
      ];

const makeLinks = async (
  call: Call,
  { shell }: SystemctlMachine,
  links: readonly string[],
  given: ParsedOptions,
): Promise<number> => {
  if (links.length === 0) return 0;
  const { status, stdout, stderr } = await shell.run(
    `while [ "$#" -gt 0 ]; do
      if [ ! -L "$SPOT_TUI_ROOT$1" ] || [ "$(readlink "$SPOT_TUI_ROOT$1")" != "$2" ]; then
        mkdir -p "$SPOT_TUI_ROOT\${1%/*}" && ln -sf "$2" "$SPOT_TUI_ROOT$1" || exit
        echo "Created symlink $1 → $2."
      fi
      shift 2
    done`,
    links,
  );
  if (status !== 0) return complain(call, `Failed to enable unit: ${stderr.trim()}`);
  if (!given.has('quiet')) call.err(stdout);
  return 0;
};

const noInstallation = `The unit files have no installation config (WantedBy=, RequiredBy=, UpheldBy=,
Also=, or Alias= settings in the [Install] section, and DefaultInstance= for
template units). This means they are not meant to be enabled or disabled using systemctl.`;
