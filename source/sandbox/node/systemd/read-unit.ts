import { readService } from './read-service.ts';
import { expandSpecifiers } from './specifiers.ts';
import {
  type Condition,
  type Dependencies,
  type DependencyKind,
  dependencyKinds,
  type Unit,
  unitSuffix,
} from './unit.ts';
import { lastValue, parseUnitFile, timeOf, type UnitFile, wordList } from './unit-file.ts';

/** What a unit is read from. */
export type UnitSource = {
  readonly id: string;
  readonly path: string;
  readonly text: string;
  readonly dropIns: readonly { readonly path: string; readonly text: string }[];
  /** Units that links in `.wants` and `.requires` folders add. */
  readonly wants: readonly string[];
  readonly requires: readonly string[];
  readonly builtIn: boolean;
};

/** What specifiers stand for on the machine. */
export type Machine = {
  readonly hostname: string;
  readonly machineId: string;
  readonly bootId: string;
};

/** Reads a unit; one that is wrong has load state `bad-setting` and says why. */
export const readUnit = (source: UnitSource, machine: Machine): Unit => {
  const texts = [source.text, ...source.dropIns.map(({ text }) => text)];
  try {
    const file = parseUnitFile(
      texts.map((text) => expandSpecifiers(text, { id: source.id, ...machine })),
    );
    const suffix = unitSuffix(source.id);
    const service =
      suffix === 'service' && !source.builtIn ? readService(file, source.id) : undefined;
    return {
      ...common(source),
      loadState: 'loaded',
      description: lastValue(file, 'Unit', 'Description') ?? source.id,
      dependencies: readDependencies(file, source),
      conditions: readConditions(file),
      startLimit: {
        burst: Number(lastValue(file, 'Unit', 'StartLimitBurst') ?? 5),
        interval: timeOf(
          file,
          'Unit',
          lastValue(file, 'Unit', 'StartLimitIntervalSec') === undefined
            ? 'StartLimitInterval'
            : 'StartLimitIntervalSec',
          10_000,
        ),
      },
      install: {
        wantedBy: wordList(file, 'Install', 'WantedBy'),
        requiredBy: wordList(file, 'Install', 'RequiredBy'),
        aliases: wordList(file, 'Install', 'Alias'),
        also: wordList(file, 'Install', 'Also'),
      },
      ...(service === undefined ? {} : { service }),
    };
  } catch (error) {
    return brokenUnit(
      source,
      'bad-setting',
      error instanceof Error ? error.message : String(error),
    );
  }
};

/** A unit that can't be started, and why. */
export const brokenUnit = (
  source: UnitSource,
  loadState: Exclude<Unit['loadState'], 'loaded'>,
  loadError?: string,
): Unit => ({
  ...common(source),
  loadState,
  ...(loadError === undefined ? {} : { loadError }),
  description: source.id,
  dependencies: noDependencies(),
  conditions: [],
  startLimit: { burst: 5, interval: 10_000 },
  install: { wantedBy: [], requiredBy: [], aliases: [], also: [] },
});

const common = (
  source: UnitSource,
): Pick<Unit, 'id' | 'type' | 'path' | 'dropIns' | 'text' | 'builtIn'> => {
  const suffix = unitSuffix(source.id);
  return {
    id: source.id,
    type: suffix === 'service' || suffix === 'target' ? suffix : 'other',
    path: source.path,
    dropIns: source.dropIns.map(({ path }) => path),
    text: source.text,
    builtIn: source.builtIn,
  };
};

const noDependencies = (): Record<DependencyKind, string[]> => ({
  Requires: [],
  Requisite: [],
  Wants: [],
  BindsTo: [],
  PartOf: [],
  Conflicts: [],
  Before: [],
  After: [],
});

const readDependencies = (file: UnitFile, source: UnitSource): Dependencies => {
  const dependencies = noDependencies();
  for (const kind of dependencyKinds) dependencies[kind].push(...wordList(file, 'Unit', kind));
  dependencies.Wants.push(...source.wants);
  dependencies.Requires.push(...source.requires);
  if (lastValue(file, 'Unit', 'DefaultDependencies') === 'no') return dependencies;
  if (unitSuffix(source.id) === 'target') {
    dependencies.After.push(...dependencies.Wants, ...dependencies.Requires);
  } else {
    dependencies.Requires.push('sysinit.target');
    dependencies.After.push('sysinit.target', 'basic.target');
  }
  dependencies.Conflicts.push('shutdown.target');
  dependencies.Before.push('shutdown.target');
  return dependencies;
};

const readConditions = (file: UnitFile): Condition[] =>
  (file.get('Unit') ?? []).flatMap(({ key, value }) => {
    const found = /^(Condition|Assert)([A-Za-z]+)$/.exec(key);
    if (found === null || value === '') return [];
    const negated = value.replace(/^\|/, '').startsWith('!');
    return [
      {
        kind: found[2] ?? '',
        argument: value.replace(/^\|?!?/, ''),
        negated,
        asserted: found[1] === 'Assert',
      },
    ];
  });
