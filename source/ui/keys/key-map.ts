import leven from 'leven';
import { keyBindings } from './key-bindings.ts';

/** The screens that have keys of their own. */
export type ScreenName = 'fleet' | 'node' | 'log' | 'output' | 'actions';

/** The commands that act on nodes. */
export type NodeCommand =
  | 'ssh'
  | 'exec'
  | 'configure'
  | 'push'
  | 'rollout'
  | 'retry'
  | 'doctor'
  | 'logs'
  | 'merged-logs'
  | 'terminate'
  | 'replace'
  | 'copy'
  | 'console'
  | 'cause';

/** The commands of what shows lines of a log. */
export type LogCommand =
  | 'search'
  | 'next-match'
  | 'previous-match'
  | 'follow'
  | 'scroll-left'
  | 'scroll-right'
  | 'wrap'
  | 'timestamps'
  | 'source'
  | 'export';

/** The commands that move through whatever is on the screen. */
export type MoveCommand = 'up' | 'down' | 'page-up' | 'page-down' | 'first' | 'last';

/** The commands that find and select nodes. */
export type FindCommand =
  | 'filter'
  | 'next-failure'
  | 'previous-failure'
  | 'sort-next'
  | 'sort-previous'
  | 'sort-reverse'
  | 'group'
  | 'mark'
  | 'mark-range'
  | 'mark-all';

/** The commands of a recording that is played. */
export type PlaybackCommand = 'pause' | 'faster' | 'slower' | 'seek-back' | 'seek-forward';

/** What a key can do. */
export type Command =
  | MoveCommand
  | FindCommand
  | NodeCommand
  | LogCommand
  | PlaybackCommand
  | 'open'
  | 'next-node'
  | 'previous-node'
  | 'launch'
  | 'cancel'
  | 'pane'
  | 'actions'
  | 'history'
  | 'notices'
  | 'help'
  | 'redraw'
  | 'suspend'
  | 'close'
  | 'quit'
  | 'interrupt';

/** The groups of keys in the order in which help shows them. */
export const keyGroups = ['Act', 'Playback', 'Log', 'Find', 'Select', 'View', 'Move'] as const;

export type KeyGroup = (typeof keyGroups)[number];

export type KeyBinding = {
  readonly command: Command;
  /** Names of keys as `keyNames` gives them. */
  readonly keys: readonly string[];
  /** A word for the footer; bindings without one are in the help only. */
  readonly footer?: string;
  /** What help says: lower case, no full stop. */
  readonly description: string;
  readonly group: KeyGroup;
  /** Where it means something. */
  readonly screens: readonly ScreenName[];
  /** Whether it is for a fleet that lives or for a recording alone. Default: both. */
  readonly only?: 'live' | 'recording';
};

/** The keys of the dashboard as they are after the configuration had its say. */
export interface KeyMap {
  readonly bindings: readonly KeyBinding[];
  /** The bindings of one screen, in the order in which help shows them. */
  of(screen: ScreenName): readonly KeyBinding[];
  /** The command of a key on a screen, if it has one. */
  commandOf(key: string, screen: ScreenName): Command | undefined;
}

export type KeyMapOptions = {
  /** Keys by command, in place of those that the commands have by themselves. */
  readonly overrides?: Readonly<Record<string, readonly string[]>>;
  /** Whether a recording is shown. */
  readonly isRecording?: boolean;
};

/** The key map with the configuration's keys in it. What those problems name is left as it was. */
export const createKeyMap = ({
  overrides = {},
  isRecording = false,
}: KeyMapOptions = {}): { readonly keyMap: KeyMap; readonly problems: readonly string[] } => {
  const { bindings, problems } = applyOverrides(overrides);
  const used = bindings.filter(({ only }) => only !== (isRecording ? 'live' : 'recording'));
  const byScreen = Map.groupBy(
    used.flatMap((binding) => binding.screens.map((screen) => ({ screen, binding }))),
    ({ screen }) => screen,
  );
  const of = (screen: ScreenName) => byScreen.get(screen)?.map(({ binding }) => binding) ?? [];
  return {
    keyMap: {
      bindings: used,
      of,
      commandOf: (key, screen) => of(screen).find(({ keys }) => keys.includes(key))?.command,
    },
    problems,
  };
};

/** Keys that must stay where they are: without them nobody finds the way out. */
const fixed: ReadonlySet<Command> = new Set(['interrupt', 'close', 'help', 'suspend']);

const applyOverrides = (
  overrides: Readonly<Record<string, readonly string[]>>,
): { bindings: readonly KeyBinding[]; problems: readonly string[] } => {
  const problems: string[] = [];
  const accepted = new Map<string, readonly string[]>();
  for (const [name, keys] of Object.entries(overrides)) {
    const own = keyBindings.find(({ command }) => command === name);
    if (own === undefined) problems.push(`keys.${name}: no such command${suggestion(name)}`);
    else if (fixed.has(own.command)) problems.push(`keys.${name}: this key can't be changed`);
    else accepted.set(name, keys);
  }
  // All at once: two commands may exchange their keys.
  let bindings = withKeys(accepted);
  for (let conflict = findConflict(bindings); conflict; conflict = findConflict(bindings)) {
    const { commands, key, screen } = conflict;
    const name = commands.find((command) => accepted.has(command));
    if (name === undefined) break;
    accepted.delete(name);
    problems.push(
      `keys.${name}: ${key} would mean both ${commands.join(' and ')} (${screen} screen)`,
    );
    bindings = withKeys(accepted);
  }
  return { bindings, problems };
};

const withKeys = (accepted: ReadonlyMap<string, readonly string[]>): readonly KeyBinding[] =>
  keyBindings.map((binding) => ({
    ...binding,
    keys: accepted.get(binding.command) ?? binding.keys,
  }));

const suggestion = (name: string): string => {
  const [nearest] = keyBindings
    .map(({ command }) => ({ command, distance: leven(name, command) }))
    .filter(({ distance }) => distance <= 3)
    .sort((a, b) => a.distance - b.distance);
  return nearest === undefined ? '' : `; did you mean ${nearest.command}?`;
};

type Conflict = {
  readonly key: string;
  readonly screen: ScreenName;
  readonly commands: readonly [Command, Command];
};

/** A key that would mean two things on one screen. */
const findConflict = (bindings: readonly KeyBinding[]): Conflict | undefined => {
  const owners = new Map<string, Command>();
  for (const { command, keys, screens, only } of bindings) {
    for (const screen of screens) {
      for (const mode of only === undefined ? ['live', 'recording'] : [only]) {
        for (const key of keys) {
          const place = `${mode} ${screen} ${key}`;
          const owner = owners.get(place);
          if (owner !== undefined && owner !== command) {
            return { key, screen, commands: [owner, command] };
          }
          owners.set(place, command);
        }
      }
    }
  }
  return undefined;
};

const keyLabels: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  'page-up': 'PgUp',
  'page-down': 'PgDn',
  home: 'Home',
  end: 'End',
  enter: 'Enter',
  tab: 'Tab',
  escape: 'Esc',
  ' ': 'Space',
};

const asciiLabels: Readonly<Record<string, string>> = {
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
};

/**
 * A key as the screen prints it: `^L` for ctrl-l.
 *
 * @param hasUnicode whether the terminal has arrows to show
 */
export const labelOf = (key: string, hasUnicode: boolean): string => {
  if (key.startsWith('ctrl-')) return `^${key.slice('ctrl-'.length).toUpperCase()}`;
  return (hasUnicode ? undefined : asciiLabels[key]) ?? keyLabels[key] ?? key;
};
