// Plays a made-up fleet in the dashboard, for looking at it without an engine.
//
//   node --import tsx scripts/dashboard-demo.tsx [--nodes 12] [--speed 1] [--hold SECONDS]
//
// --hold stops the story, and its clock, that many seconds after its start.
import { parseArgs } from 'node:util';
import type { FleetEvent } from '../source/events/event.ts';
import { type PipelinePhase, pipelinePhases } from '../source/events/phase.ts';
import { createFleetStore } from '../source/fleet/store.ts';
import { runDashboard } from '../source/ui/run-dashboard.tsx';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '12' },
    speed: { type: 'string', default: '1' },
    hold: { type: 'string', default: 'Infinity' },
  },
});
const speed = Number(values.speed);
const hold = Number(values.hold) * 1000;
const start = Date.now();

/** A generator of numbers from 0 to 1 that tells the same story every time. */
const createRandom = () => {
  let seed = 42;
  return () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };
};
const random = createRandom();

/** Typical durations of the phases in seconds. */
const durations: Readonly<Record<PipelinePhase, number>> = {
  pending: 0.5,
  launching: 2.4,
  booting: 14,
  connecting: 6,
  uploading: 5,
  'cloud-init': 24,
  configuring: 7,
  verifying: 3,
  ready: 0,
};

const lines: Readonly<Partial<Record<PipelinePhase, readonly [string, string][]>>> = {
  launching: [['spot-tui', 'asked EC2 Fleet for one spot instance, capacity-optimized']],
  booting: [['spot-tui', 'running; waiting for the console to print host keys']],
  connecting: [
    ['spot-tui', 'connection refused, trying again in 2 s'],
    ['spot-tui', 'host key SHA256:9qVb8cJ1kZt5Ww3nH2uF0sPq matches the console'],
  ],
  uploading: [['spot-tui', 'receiving payload, 14 files']],
  'cloud-init': [
    [
      'cloud-init',
      'Get:7 http://archive.ubuntu.com/ubuntu noble/main amd64 runc 1.1.12 [8,040 kB]',
    ],
    ['cloud-init', 'Setting up docker.io (24.0.7-0ubuntu4) ...'],
    ['cloud-init', 'Cloud-init v. 24.4 finished at 12:01:44. Datasource DataSourceEc2Local'],
  ],
  configuring: [
    ['configure-services', 'manifest complete: 14 files verified'],
    ['configure-services', 'installed bacalhau-startup.service, sensor.service'],
    ['systemd', 'Started bacalhau-startup.service - Bacalhau compute node.'],
  ],
  verifying: [['spot-tui', '9 of 12 checks passed, waiting for container bacalhau-node']],
  ready: [
    ['bacalhau-startup', 'Container bacalhau-node  Started'],
    ['sensor', 'reading 1481: temperature 21.4, humidity 0.43'],
  ],
};

const regions = ['us-west-2', 'eu-central-1', 'ap-southeast-2'];
const types = ['t3.medium', 'm6i.large', 'c7g.xlarge'];

/** The life of one node as events whose time is in milliseconds after the start. */
const nodeStory = (index: number): FleetEvent[] => {
  const region = regions[index % regions.length] ?? '';
  const node = `${region}-${Math.floor(index / regions.length) + 1}`;
  const digits = Array.from({ length: 16 }, () => Math.floor(random() * 16).toString(16));
  const instanceId = `i-0${digits.join('')}`;
  const story: FleetEvent[] = [];
  let time = 0;
  const failsIn = index === 4 ? 'configuring' : undefined;
  for (const phase of pipelinePhases) {
    const duration = durations[phase] * 1000 * (0.5 + random());
    const attempt = 1;
    story.push({
      event: 'phase',
      time,
      node,
      region,
      phase,
      attempt,
      ...(time > 3000 ? { instanceId } : {}),
    });
    if (phase === 'booting') {
      story.push({
        event: 'instance',
        time,
        node,
        region,
        instanceId,
        zone: `${region}${'abc'[index % 3]}`,
        instanceType: types[index % 3] ?? '',
        // Addresses that are reserved for documentation (RFC 5737).
        address: `${['203.0.113', '198.51.100', '192.0.2'][index % 3]}.${10 + (index % 240)}`,
        launchedAt: time,
      });
    }
    for (const [number, [source, message]] of (lines[phase] ?? []).entries()) {
      const share = (number + 0.2) / (lines[phase]?.length ?? 1);
      story.push({ event: 'log', time: time + duration * share, node, source, message });
    }
    if (phase === 'uploading') {
      const total = 5_242_880;
      for (let step = 0; step <= 20; step++) {
        const done = (total * step) / 20;
        story.push({
          event: 'progress',
          time: time + (duration * step) / 20,
          node,
          phase,
          done,
          total,
        });
      }
    }
    time += duration;
    if (phase === failsIn) {
      story.push({
        event: 'phase',
        time,
        node,
        phase: 'failed',
        failedPhase: phase,
        reason:
          'bacalhau-startup.service: ExecStartPre says /opt/uploaded_files/config/orchestrators is missing',
        hint: 'Put the file into files_directory and press u to push it',
        output: [
          'bacalhau-startup.service: Control process exited, code=exited, status=1/FAILURE',
          'bacalhau-startup.service: Failed with result exit-code.',
          'Failed to start bacalhau-startup.service - Bacalhau compute node.',
        ],
      });
      return story;
    }
  }
  if (index === 7) {
    story.push({
      event: 'phase',
      time: time + 4000,
      node,
      phase: 'interrupted',
      reason: 'EC2 needs the capacity back',
      deadline: start + time + 124_000,
    });
  }
  return story;
};

const fleetEvents: FleetEvent[] = [
  {
    event: 'fleet',
    time: 0,
    deployment: 'sensors-eu',
    command: 'create',
    regions,
    nodes: Number(values.nodes),
  },
  {
    event: 'notice',
    time: 2600,
    level: 'warning',
    message:
      'ap-southeast-2: no spot capacity for c7g.xlarge in ap-southeast-2c, trying the next pool',
    hint: 'add more instance_types to the region',
  },
];
const story = [
  ...fleetEvents,
  ...Array.from({ length: Number(values.nodes) }, (_, index) => nodeStory(index)).flat(),
].sort((one, other) => one.time - other.time);

const now = () => start + Math.min(hold, (Date.now() - start) * speed);
const store = createFleetStore();
let next = 0;
const timer = setInterval(() => {
  for (let event = story[next]; event !== undefined; event = story[next]) {
    if (start + event.time > now()) return;
    store.dispatch({ ...event, time: start + event.time });
    next++;
  }
}, 20);

/** The actions only write what they would do into the node's log. */
const say = (action: string) => (nodes: readonly string[]) => {
  for (const node of nodes) {
    store.dispatch({
      event: 'log',
      time: now(),
      node,
      source: 'spot-tui',
      message: `${action}: this is a demo, nothing happens`,
    });
  }
};

const outcome = await runDashboard({
  store,
  now,
  actions: {
    configure: say('configure'),
    push: say('push'),
    retry: say('retry'),
    terminate: say('terminate'),
    sshCommand: (node) => ({
      file: 'sh',
      arguments: ['-c', `echo "a shell on ${node}; exit comes back"; exec sh -i`],
    }),
  },
});
clearInterval(timer);
console.log(outcome);
