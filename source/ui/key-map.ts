/** What a key can do. */
export type Command =
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | NodeCommand
  | 'pane'
  | 'order'
  | 'notices'
  | 'help'
  | 'redraw'
  | 'close'
  | 'quit'
  | 'interrupt';

/** The commands that act on the selected node. */
export type NodeCommand = 'ssh' | 'configure' | 'push' | 'retry' | 'terminate';

export type KeyBinding = {
  readonly command: Command;
  /** Names of keys as `keyNames` gives them. */
  readonly keys: readonly string[];
  /** The keys as help and footer print them; without it the first key is printed. */
  readonly label?: string;
  /** A word for the footer; bindings without one are in the help only. */
  readonly footer?: string;
  /** What help says: lower case, no full stop. */
  readonly description: string;
  readonly group: 'Move' | 'Node' | 'View';
};

/** Every key of the dashboard. Footer and help are made of this table. */
export const keyMap: readonly KeyBinding[] = [
  { command: 'up', keys: ['up', 'k'], label: '↑ k', description: 'one node up', group: 'Move' },
  {
    command: 'down',
    keys: ['down', 'j'],
    label: '↓ j',
    description: 'one node down',
    group: 'Move',
  },
  {
    command: 'page-up',
    keys: ['page-up', 'ctrl-b'],
    label: 'PgUp',
    description: 'a page up',
    group: 'Move',
  },
  {
    command: 'page-down',
    keys: ['page-down', 'ctrl-f'],
    label: 'PgDn',
    description: 'a page down',
    group: 'Move',
  },
  {
    command: 'first',
    keys: ['home', 'g'],
    label: 'Home g',
    description: 'first node',
    group: 'Move',
  },
  { command: 'last', keys: ['end', 'G'], label: 'End G', description: 'last node', group: 'Move' },
  {
    command: 'ssh',
    keys: ['s'],
    footer: 'ssh',
    description: 'open a shell on the node',
    group: 'Node',
  },
  {
    command: 'configure',
    keys: ['c'],
    footer: 'configure',
    description: 'run configure-services again',
    group: 'Node',
  },
  {
    command: 'push',
    keys: ['u'],
    footer: 'push',
    description: 'upload what changed, then configure',
    group: 'Node',
  },
  {
    command: 'retry',
    keys: ['r'],
    footer: 'retry',
    description: 'run its whole pipeline again',
    group: 'Node',
  },
  {
    command: 'terminate',
    keys: ['t'],
    footer: 'terminate',
    description: 'terminate it, after a question',
    group: 'Node',
  },
  {
    command: 'pane',
    keys: ['enter', 'tab'],
    label: 'Enter Tab',
    footer: 'log',
    description: 'more of its log, or less',
    group: 'View',
  },
  {
    command: 'order',
    keys: ['o'],
    description: 'trouble first, or all by name',
    group: 'View',
  },
  { command: 'notices', keys: ['n'], description: 'notices about the fleet', group: 'View' },
  { command: 'redraw', keys: ['ctrl-l'], label: '^L', description: 'draw again', group: 'View' },
  { command: 'help', keys: ['?'], footer: 'help', description: 'these keys', group: 'View' },
  {
    command: 'close',
    keys: ['escape'],
    label: 'Esc',
    description: 'close what is open',
    group: 'View',
  },
  {
    command: 'quit',
    keys: ['q'],
    footer: 'quit',
    description: 'quit; nodes keep running',
    group: 'View',
  },
  {
    command: 'interrupt',
    keys: ['ctrl-c'],
    label: '^C ^C',
    description: 'leave at once',
    group: 'View',
  },
];

/** The command of a key, if it has one. */
export const commandOf = (key: string): Command | undefined =>
  keyMap.find(({ keys }) => keys.includes(key))?.command;

/**
 * The label of a binding.
 *
 * @param hasUnicode whether the terminal has arrows to show
 */
export const labelOf = (binding: KeyBinding, hasUnicode: boolean): string => {
  const label = binding.label ?? binding.keys[0] ?? '';
  return hasUnicode ? label : label.replace('↑', 'Up').replace('↓', 'Down');
};
