import type { FleetEvent } from '../../source/events/event.ts';

const start = Date.UTC(2026, 10, 24, 5, 12, 33);

/** A moment of the sample run: seconds since it began. */
export const at = (seconds: number): number => start + seconds * 1_000;

const node = 'us-west-2-1';
const instanceId = 'i-0a1b2c3d4e5f67890';
const region = 'us-west-2';

/** A run with every kind of event in it, and every field of each at least once. */
export const sampleRun: readonly FleetEvent[] = [
  {
    event: 'fleet',
    time: at(0),
    deployment: 'demo',
    command: 'create',
    regions: ['us-west-2', 'eu-central-1'],
    nodes: 2,
  },
  { event: 'phase', time: at(0), node, region, phase: 'pending', attempt: 1 },
  {
    event: 'instance',
    time: at(2),
    node,
    instanceId,
    region,
    zone: 'us-west-2a',
    instanceType: 't3.medium',
    imageId: 'ami-0123456789abcdef0',
    address: '203.0.113.7',
    sshPort: 22,
    launchedAt: at(1),
    expiresAt: at(3600),
  },
  { event: 'instance', time: at(2), node: 'eu-central-1-1', instanceId: 'i-1', region },
  { event: 'phase', time: at(2), node, region, instanceId, phase: 'booting', attempt: 1 },
  { event: 'phase', time: at(9), node, region, instanceId, phase: 'connecting', attempt: 1 },
  { event: 'log', time: at(9.5), node, source: 'spot-tui', message: 'connection refused' },
  { event: 'phase', time: at(20), node, region, instanceId, phase: 'uploading', attempt: 1 },
  { event: 'progress', time: at(21), node, phase: 'uploading', done: 524_288, total: 1_048_576 },
  { event: 'progress', time: at(22), node, phase: 'uploading', done: 1_048_576, total: 1_048_576 },
  { event: 'log', time: at(30), node, source: 'configure-services', message: 'reloading systemd' },
  {
    event: 'phase',
    time: at(31),
    node,
    phase: 'failed',
    failedPhase: 'configuring',
    reason: 'sensor.service is missing',
    hint: 'add it to the payload, then: spot-tui push us-west-2-1',
    topic: 'services',
    output: ['installing units', 'sensor.service: no such file'],
  },
  { event: 'phase', time: at(40), node, region, instanceId, phase: 'pending', attempt: 2 },
  { event: 'phase', time: at(81.2), node, region, instanceId, phase: 'ready', attempt: 2 },
  {
    event: 'phase',
    time: at(90),
    node,
    phase: 'degraded',
    reason: 'sensor.service is not active',
    hint: 'spot-tui logs us-west-2-1',
  },
  {
    event: 'phase',
    time: at(100),
    node,
    phase: 'interrupted',
    reason: 'EC2 needs the capacity back',
    deadline: at(220),
  },
  { event: 'phase', time: at(230), node, phase: 'interrupted', reason: 'EC2 took it' },
  {
    event: 'phase',
    time: at(231),
    node,
    phase: 'terminating',
    reason: 'Server.SpotInstanceTermination',
  },
  { event: 'phase', time: at(232), node, phase: 'terminated', reason: 'gone' },
  {
    event: 'notice',
    time: at(233),
    level: 'warning',
    message: 'no capacity for t3.medium in us-west-2a',
    hint: 'allow more instance types',
    region,
  },
  { event: 'notice', time: at(234), level: 'info', message: 'one node less' },
  {
    event: 'summary',
    time: at(240),
    ready: 1,
    failed: 0,
    interrupted: 1,
    terminated: 0,
    elapsedSeconds: 41.2,
    apiCalls: 17,
  },
];
