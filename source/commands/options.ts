import { defaultStarter } from './starters.ts';

/** One option of the command line: what the parser, the help and the readme need of it. */
export type OptionDefinition = {
  readonly type: 'boolean' | 'string' | 'number';
  /** Name of the value in the help, such as `FILE`; absent for booleans. */
  readonly value?: string;
  /** For a boolean that holds unless it is written with `--no-`; the help shows it like that. */
  readonly default?: true;
  readonly description: string;
};

/** Options that every command takes. */
export const globalOptions = {
  config: {
    type: 'string',
    value: 'FILE',
    description: 'the configuration (default: config.yaml)',
  },
  sandbox: {
    type: 'string',
    value: 'fast',
    description:
      'use the embedded cloud instead of AWS: no account, no cost; started with =fast, nodes boot at once',
  },
  region: { type: 'string', value: 'REGION', description: 'only this region' },
  profile: { type: 'string', value: 'PROFILE', description: 'the AWS profile to use' },
  timeout: {
    type: 'string',
    value: 'DURATION',
    description: 'give up after this long, such as 90s or 15m',
  },
  ci: { type: 'boolean', description: 'no terminal needed, no questions, one line per event' },
  json: { type: 'boolean', description: 'JSON on standard output and nothing else there' },
  notify: {
    type: 'boolean',
    default: true,
    description: 'neither bell nor window title nor progress in the taskbar',
  },
  screenReader: {
    type: 'boolean',
    description: 'sentences instead of the dashboard; also with INK_SCREEN_READER=true',
  },
  yes: { type: 'boolean', description: 'answer every question with yes' },
  verbose: { type: 'boolean', description: 'with --ci, also progress and the nodes’ logs' },
  debug: { type: 'boolean', description: 'stack traces with errors' },
  help: { type: 'boolean', description: 'this text; with a command, about that command; also -h' },
  version: { type: 'boolean', description: 'the version' },
} as const satisfies Record<string, OptionDefinition>;

/** Options that some commands take. */
export const commandOptions = {
  count: { type: 'number', value: 'N', description: 'nodes over all regions' },
  maxPrice: {
    type: 'string',
    value: 'DOLLARS',
    description:
      'what a spot instance may cost an hour, such as 0.05; in place of spot_price_limit',
  },
  dryRun: { type: 'boolean', description: 'print what would be done, and do nothing' },
  watch: { type: 'boolean', description: 'stay when every node has settled' },
  junit: {
    type: 'string',
    value: 'FILE',
    description: 'write a JUnit report of the nodes, whatever comes of them',
  },
  failFast: {
    type: 'boolean',
    description: 'end at the first failed node; with --min-ready, once that is out of reach',
  },
  minReady: {
    type: 'number',
    value: 'N',
    description: 'N ready nodes are enough for exit status 0',
  },
  canary: {
    type: 'number',
    value: 'N',
    description: 'first only N nodes; none follows if one fails',
  },
  batch: { type: 'number', value: 'N', description: 'N nodes at a time' },
  maxFailures: {
    type: 'number',
    value: 'N',
    description: 'no further node after N failures (default with --batch: 1)',
  },
  follow: { type: 'boolean', description: 'go on with what is still to come' },
  unit: { type: 'string', value: 'UNIT', description: 'only this systemd unit' },
  lines: { type: 'number', value: 'N', description: 'lines of the past (default: 100)' },
  all: { type: 'boolean', description: 'every node' },
  allDeployments: {
    type: 'boolean',
    description: 'every deployment in the account, with its cost; needs no configuration',
  },
  expired: {
    type: 'boolean',
    description: 'what has expired, of all deployments in the account; needs no configuration',
  },
  recorded: { type: 'boolean', description: 'what was recorded here; contacts nothing' },
  runs: { type: 'boolean', description: 'the recorded runs, with their files' },
  userSshConfig: { type: 'boolean', description: 'read your own ssh configuration too' },
  template: {
    type: 'string',
    value: 'NAME',
    description: `what to begin with (default: ${defaultStarter})`,
  },
  from: {
    type: 'string',
    value: 'PATH',
    description: 'begin with a checkout of the old deployer, which stays as it is',
  },
  force: { type: 'boolean', description: 'overwrite files that exist' },
} as const satisfies Record<string, OptionDefinition>;

export type CommandOptionName = keyof typeof commandOptions;

/** The values of all options of one call. */
export type Options = {
  readonly config?: string;
  readonly sandbox?: 'realistic' | 'fast';
  readonly region?: string;
  readonly profile?: string;
  readonly timeout?: string;
  readonly ci: boolean;
  readonly json: boolean;
  /** Whether the terminal tells of the fleet outside of the dashboard's screen too. */
  readonly notify: boolean;
  readonly screenReader: boolean;
  readonly yes: boolean;
  readonly verbose: boolean;
  readonly debug: boolean;
  readonly count?: number;
  /** US dollars per node and hour. */
  readonly maxPrice?: number;
  readonly dryRun: boolean;
  readonly watch: boolean;
  readonly junit?: string;
  readonly failFast: boolean;
  readonly minReady?: number;
  readonly canary?: number;
  readonly batch?: number;
  readonly maxFailures?: number;
  readonly follow: boolean;
  readonly unit?: string;
  readonly lines?: number;
  readonly all: boolean;
  readonly allDeployments: boolean;
  readonly expired: boolean;
  readonly recorded: boolean;
  readonly runs: boolean;
  readonly userSshConfig: boolean;
  readonly template?: string;
  readonly from?: string;
  readonly force: boolean;
};
