import { topics } from '../events/topic.ts';
import type { CommandDefinition } from './command.ts';
import { starters } from './starters.ts';

/** Opens the dashboard: what the program does without a command. */
export const defaultCommand: CommandDefinition = {
  name: 'dashboard',
  usage: '',
  summary: 'attach to the deployment and open the dashboard',
  description: [
    'Finds the nodes of the deployment by their tags, from any machine, and shows their true state. It changes nothing by itself: `r` drives a node that is not ready, as does `create`.',
    'A dashboard can’t be read out. With --screen-reader, or INK_SCREEN_READER=true, this, create and replay print sentences instead: the first node step by step, then what becomes of each one. They end once every node has settled; --watch stays.',
  ],
  options: ['maxPrice', 'watch', 'junit'],
  examples: [
    ['spot-tui', 'open the dashboard for ./config.yaml'],
    ['spot-tui --sandbox', 'open it for what runs in the sandbox'],
  ],
  maximumWords: 0,
  outlivesReader: true,
  load: async () => (await import('./fleet-commands.ts')).dashboard,
};

/** Every command, in the order of the help. */
export const commandTable: readonly CommandDefinition[] = [
  {
    name: 'create',
    usage: '',
    summary: 'bring the fleet to the configured size, every node ready',
    description: [
      'Launches what is missing, then drives every node through its phases: connect, upload, configure the services, verify. Run it again after a crash and it carries on; it never launches a node twice and never shrinks a fleet.',
      'On AWS and in a terminal it first shows the plan with its cost per hour and asks.',
      'In GitHub Actions (GITHUB_ACTIONS=true) failures become annotations, and the summary of the step gets a table of the nodes.',
    ],
    options: ['count', 'maxPrice', 'dryRun', 'watch', 'failFast', 'minReady', 'junit'],
    examples: [
      ['spot-tui create --sandbox', 'try it: no account, no cost'],
      ['spot-tui create --dry-run', 'only show the plan, and what it costs'],
      [
        'spot-tui create --count 12 --max-price 0.02',
        'twelve nodes, at two cents an hour and spot instance at most',
      ],
      ['spot-tui create --ci --json', 'for scripts: one JSON object a line'],
      ['spot-tui create --ci --min-ready 8 --junit nodes.xml', 'for CI: eight nodes are enough'],
    ],
    maximumWords: 0,
    outlivesReader: true,
    load: async () => (await import('./fleet-commands.ts')).create,
  },
  {
    name: 'list',
    usage: '[node…]',
    summary: 'the nodes of the deployment',
    description: [
      'Asks EC2 for the instances that carry the tag of the deployment, and what they cost per hour.',
      'With --all-deployments: all deployments of spot-tui in all regions of the account, how long they run, when they expire, and what they cost per hour. It needs no configuration.',
    ],
    options: ['allDeployments'],
    examples: [
      ['spot-tui list', 'a table'],
      ['spot-tui list --all-deployments', 'what runs in the account, and what it costs'],
      ['spot-tui list --json', 'for scripts'],
    ],
    load: async () => (await import('./fleet-commands.ts')).list,
  },
  {
    name: 'destroy',
    usage: '[node…]',
    summary: 'terminate nodes, and clean up behind the last one',
    description: [
      'Terminates the named nodes, or all, after a question. When the last node goes, what `create` made for the deployment goes too: launch templates, security groups, the imported key pair, its own VPC. All regions of the account are looked at, also those that the configuration does not name, and in the end again: nothing left is the proof.',
      'With --expired: terminates the nodes of all deployments in the account whose `ttl` is over, and cleans up behind deployments that have no others. It needs no configuration, and suits cron: add --yes.',
    ],
    options: ['dryRun', 'expired'],
    examples: [
      ['spot-tui destroy', 'all nodes of the deployment'],
      ['spot-tui destroy us-west-2-1 --yes', 'one node, without a question'],
      ['spot-tui destroy --expired --dry-run', 'what nobody has ended in time'],
      ['spot-tui destroy --expired --yes', 'end it: for cron'],
    ],
    outlivesReader: true,
    load: async () => (await import('./fleet-commands.ts')).destroy,
  },
  {
    name: 'configure',
    usage: '[node…]',
    summary: 'run configure-services again, then verify',
    description: [
      'Triggers configure-services on the nodes. Services whose files did not change are not restarted; services that should run and do not are started.',
    ],
    options: ['failFast', 'minReady', 'junit'],
    examples: [['spot-tui configure us-west-2-1', 'after mending something on a node by hand']],
    outlivesReader: true,
    load: async () => (await import('./fleet-commands.ts')).configure,
  },
  {
    name: 'push',
    usage: '[node…]',
    summary: 'upload what changed, then configure',
    description: [
      'Builds the payload from the files here, sends it to the nodes that have another one, and configures them. Only services whose files changed are restarted.',
      'With --canary or --batch it goes step by step: each step ends ready before the next begins, and nodes that were not begun with keep what they have.',
    ],
    options: ['canary', 'batch', 'maxFailures', 'failFast', 'minReady', 'junit'],
    examples: [
      ['spot-tui push', 'roll an edited service out to every node'],
      ['spot-tui push --canary 1 --batch 10', 'one node first, then ten at a time'],
    ],
    outlivesReader: true,
    load: async () => (await import('./fleet-commands.ts')).push,
  },
  {
    name: 'doctor',
    usage: '[node…]',
    summary: 'check cloud-init, directories, files, services and containers',
    description: [
      'Looks at every node once and says of each check whether it passed, failed or was skipped, with what to do about it. Changes nothing.',
    ],
    options: [],
    examples: [['spot-tui doctor us-west-2-1', 'why is this node not ready?']],
    load: async () => (await import('./fleet-commands.ts')).doctor,
  },
  {
    name: 'exec',
    usage: '[node…] -- command…',
    summary: 'run a command on many nodes, identical results grouped',
    description: [
      'Runs the command on all the nodes at once. Nodes with the same output and exit status are shown together.',
      'The command and the end of its output are recorded in the state folder (on Linux ~/.local/state/spot-tui), readable by you alone: keep secrets out of both.',
    ],
    options: [],
    examples: [
      ['spot-tui exec -- uptime', 'on every node'],
      ['spot-tui exec us-west-2-1 us-west-2-2 -- sudo docker ps', 'on two'],
    ],
    takesRemoteCommand: true,
    load: async () => (await import('./fleet-commands.ts')).exec,
  },
  {
    name: 'logs',
    usage: '<node> [node…]',
    summary: 'what the node’s journal says',
    description: [
      'Prints the journal of cloud-init, configure-services and the deployment’s services; of several nodes together, each line with its node.',
      'Of a node that is gone or can’t be reached it prints what was recorded of it, over all recorded runs.',
    ],
    options: ['follow', 'unit', 'lines', 'all', 'recorded'],
    examples: [
      ['spot-tui logs us-west-2-1 --follow', 'and what is still to come'],
      ['spot-tui logs us-west-2-1 --unit docker.service', 'of another unit'],
      ['spot-tui logs --all --follow', 'of every node, as it comes'],
      ['spot-tui logs us-west-2-1 --recorded', 'when the node is long gone'],
    ],
    load: async () => (await import('./fleet-commands.ts')).logs,
  },
  {
    name: 'ssh',
    usage: '<node> [-- command…]',
    summary: 'the system’s own ssh, with the right key, user, port and pinned host key',
    description: [
      'Runs ssh with everything it needs for the node, ignoring your own ssh configuration unless told otherwise, and ends with the remote exit status.',
    ],
    options: ['userSshConfig'],
    examples: [
      ['spot-tui ssh us-west-2-1', 'a shell'],
      ['spot-tui ssh us-west-2-1 -- journalctl -b', 'one command'],
    ],
    maximumWords: 1,
    takesRemoteCommand: true,
    load: async () => (await import('./fleet-commands.ts')).ssh,
  },
  {
    name: 'init',
    usage: '[folder]',
    summary: 'begin a deployment: a config.yaml and what it deploys, to edit',
    description: [
      'Writes into the current folder, or into the one that is named, which is made where it is missing. It overwrites nothing unless told to.',
      'With --from: makes the folder of a checkout of the old scripts (aws-spot-deployer), its configuration, scripts, units and files, and says what it left out, why, and what to do instead.',
    ],
    choices: { title: 'Templates', rows: starters },
    options: ['template', 'from', 'force'],
    examples: [
      ['spot-tui init fleet', 'begin in a new folder'],
      [
        'spot-tui init --from ../aws-spot-deployer fleet',
        'take over what the old scripts deployed',
      ],
    ],
    maximumWords: 1,
    load: async () => (await import('./local-commands.ts')).init,
  },
  {
    name: 'validate',
    usage: '',
    summary: 'check config, payload, credentials and permissions; launch nothing',
    description: [
      'Checks the configuration and everything that it names, then asks EC2 by DryRun whether the caller may do what `create` does.',
    ],
    options: [],
    examples: [['spot-tui validate', 'before the first create']],
    maximumWords: 0,
    load: async () => (await import('./fleet-commands.ts')).validate,
  },
  {
    name: 'explain',
    usage: '[topic]',
    summary: 'what to do about a failure, by topic: works offline',
    description: [
      'Prints a section of docs/troubleshooting.md: what you see, why, what to look at, what to do and what not. What shows a failure names its topic. Instead of a topic, a phase or a check may be named. Without one it lists the topics.',
    ],
    choices: { title: 'Topics', rows: Object.entries(topics) },
    options: [],
    examples: [
      ['spot-tui explain', 'which topics there are'],
      ['spot-tui explain services', 'when a service does not run'],
    ],
    maximumWords: 1,
    load: async () => (await import('./local-commands.ts')).explain,
  },
  {
    name: 'history',
    usage: '',
    summary: 'what happened to the fleet, over all recorded runs',
    description: [
      'Prints launches, interruptions, failures, recoveries, ends, and who did what about them, the newest last. It knows what was recorded on this machine, and contacts nothing.',
      'Commands of `exec` are among it as they were typed, and the end of their output is recorded with them, in the state folder (on Linux ~/.local/state/spot-tui).',
    ],
    options: ['lines', 'runs'],
    examples: [
      ['spot-tui history --lines 20', 'the latest'],
      ['spot-tui history --runs', 'the recorded runs, for `replay`'],
    ],
    maximumWords: 0,
    load: async () => (await import('./local-commands.ts')).history,
  },
  {
    name: 'replay',
    usage: '[RUN|FILE]',
    summary: 'a recorded run in the dashboard',
    description: [
      'Plays the newest recorded run of the deployment, or the one that is named by its number or its name in `history --runs`, or a file of events that `create` recorded or `--json` printed. Nothing is contacted.',
    ],
    options: [],
    examples: [
      ['spot-tui replay', 'the run that has just ended'],
      ['spot-tui replay 2', 'the one before'],
      ['spot-tui replay run.ndjson', 'a file that somebody sent'],
    ],
    maximumWords: 1,
    load: async () => (await import('./local-commands.ts')).replay,
  },
  {
    name: 'sandbox',
    usage: '[status|stop|fault …]',
    summary: 'the embedded cloud: what runs in it, stop it, inject a fault',
    description: [
      'The sandbox starts when a command with --sandbox needs it and ends by itself 5 s after its last node is gone.',
      'Faults: reclaim NODE (gone after two minutes, as with EC2), rebalance NODE (EC2 says that this has become likelier), refuse-capacity [REGION] [spot|on-demand], throttle [ACTION], deny [ACTION [CODE]] (an EC2 action such as TerminateInstances, or Describe*, and a code of EC2 such as RequestExpired), cut-ssh NODE, fill-disk NODE, stop-service NODE, reboot NODE, silence-console [NODE|REGION] (no host key can be verified; without a node those to come are meant as well). `clear` ends refuse-capacity, throttle, deny and silence-console.',
    ],
    options: [],
    examples: [
      ['spot-tui sandbox status', 'is it running, and what is in it?'],
      ['spot-tui sandbox fault reclaim us-west-2-1', 'take a node away as EC2 does'],
      ['spot-tui sandbox stop', 'end it with everything in it'],
    ],
    load: async () => (await import('./local-commands.ts')).sandbox,
  },
  {
    name: 'completion',
    usage: 'bash|zsh|fish',
    summary: 'a script that lets your shell complete commands and options',
    description: [
      'Prints the script. It is made of the same tables as this help: a line in the file that your shell reads when it starts, as below, keeps it current. Completing starts no program and contacts nothing, so names of nodes are not completed.',
    ],
    options: [],
    examples: [
      ['spot-tui completion bash', 'in ~/.bashrc: eval "$(spot-tui completion bash)"'],
      ['spot-tui completion zsh', 'in ~/.zshrc, after compinit: eval "$(spot-tui completion zsh)"'],
      [
        'spot-tui completion fish',
        'in ~/.config/fish/config.fish: spot-tui completion fish | source',
      ],
    ],
    maximumWords: 1,
    load: async () => (await import('./local-commands.ts')).completion,
  },
];
