import * as z from 'zod';
import { actionNames } from '../events/event.ts';
import { pipelinePhases } from '../events/phase.ts';
import { isTopic, type Topic } from '../events/topic.ts';
import { cleanText } from '../ssh/clean-text.ts';

const time = (description: string) =>
  z.iso
    .datetime({ offset: true })
    .describe(description)
    .transform((text) => Date.parse(text));

// Recordings come from anywhere, and end up on a terminal.
const text = (description: string) => z.string().describe(description).transform(cleanText);

const count = (description: string) => z.int().nonnegative().describe(description);

const level = z.enum(['info', 'warning', 'error']).describe('How much it matters.');

const pipelinePhase = z.enum(pipelinePhases);

const happened = { time: time('When it happened; ISO 8601.') };

const ofNode = { ...happened, node: text('Name of the node, <region>-<n>.') };

const reason = text('What happened and why, in one line.');

const hint = text('What to do next, in one line.');

// A later version may know more topics, which is no reason not to read what it recorded.
const topic = z
  .string()
  .describe('Where to read on: `spot-tui explain` and this word.')
  .transform((name): Topic => (isTopic(name) ? name : 'start'))
  .exactOptional();

const instanceId = text('EC2 instance id.');

const region = text('AWS region.');

const phase = z.discriminatedUnion('phase', [
  z
    .object({
      ...ofNode,
      event: z.literal('phase'),
      instanceId: instanceId.exactOptional(),
      region,
      phase: pipelinePhase.describe('The phase that the node has entered.'),
      attempt: z.int().positive().describe("1 for the first run of the node's pipeline."),
    })
    .describe(
      'A node entered a phase of its pipeline: each at most once per attempt, in order. Only ready comes again in the same attempt, when a node that was failed or degraded is found well.',
    )
    .meta({ title: 'PipelinePhaseEvent' }),
  z
    .object({
      ...ofNode,
      event: z.literal('phase'),
      phase: z.literal('failed'),
      failedPhase: pipelinePhase.describe('The phase that did not succeed.'),
      reason,
      hint,
      topic,
      output: z
        .array(z.string().transform(cleanText))
        .describe("The failing command's last lines of output, oldest first.")
        .exactOptional(),
    })
    .describe("A node's pipeline ended without success.")
    .meta({ title: 'FailedEvent' }),
  z
    .object({
      ...ofNode,
      event: z.literal('phase'),
      phase: z.literal('degraded'),
      reason,
      hint,
      topic,
    })
    .describe('A node that was ready fails a check now.')
    .meta({ title: 'DegradedEvent' }),
  z
    .object({
      ...ofNode,
      event: z.literal('phase'),
      phase: z.literal('interrupted'),
      reason,
      hint: hint.exactOptional(),
      topic,
      deadline: time('When EC2 takes the instance; absent when it is gone.').exactOptional(),
    })
    .describe('EC2 reclaims the spot instance.')
    .meta({ title: 'InterruptedEvent' }),
  z
    .object({
      ...ofNode,
      event: z.literal('phase'),
      phase: z.enum(['terminating', 'terminated']),
      reason,
      hint: hint.exactOptional(),
      topic,
    })
    .describe('The instance is on its way out, or gone.')
    .meta({ title: 'TerminationEvent' }),
]);

const instance = z
  .object({
    ...ofNode,
    event: z.literal('instance'),
    instanceId,
    region,
    zone: text('Availability zone.').exactOptional(),
    instanceType: text('EC2 instance type.').exactOptional(),
    lifecycle: z
      .enum(['spot', 'on-demand'])
      .describe('Whether EC2 may take it back when it needs it, or not.')
      .exactOptional(),
    imageId: text('AMI id.').exactOptional(),
    address: text('The address that SSH uses.').exactOptional(),
    sshPort: z.int().min(1).max(65_535).describe('The port that SSH uses.').exactOptional(),
    publicAddress: text('Its address on the internet.').exactOptional(),
    privateAddress: text('Its address in its own network.').exactOptional(),
    pricePerHour: z
      .number()
      .nonnegative()
      .describe(
        'US dollars an hour: the spot price of its pool as EC2 last named it, or the on-demand price of its type.',
      )
      .exactOptional(),
    launchedAt: time('When EC2 launched it; ISO 8601.').exactOptional(),
    expiresAt: time('When it may be destroyed; ISO 8601; absent for never.').exactOptional(),
    hostKey: z
      .enum(['verified', 'pinned'])
      .describe(
        'Whether its SSH host key was verified by EC2 or pinned at first sight; absent before a connection was made.',
      )
      .exactOptional(),
    hostKeyFingerprint: text('Fingerprint of that key: SHA256:…').exactOptional(),
    rebalanceSince: time(
      'Since when EC2 says that the risk of an interruption has risen; ISO 8601.',
    ).exactOptional(),
    replacedBy: text(
      'Name of the node that was launched in its place because EC2 takes it back.',
    ).exactOptional(),
  })
  .describe('What is known of the machine behind a node, when it becomes known or changes.')
  .meta({ title: 'InstanceEvent' });

const moved = z
  .object({
    ...ofNode,
    event: z.literal('moved'),
    to: text('Name of the node from now on, <region>-<n>.'),
    reason,
  })
  .describe(
    'A node that got no machine in its region gets one in another: the old name is no node any more, and what comes next is about the new one.',
  )
  .meta({ title: 'MovedEvent' });

const progress = z
  .object({
    ...ofNode,
    event: z.literal('progress'),
    phase: pipelinePhase,
    done: count('Bytes that the node has acknowledged.'),
    total: count('Bytes in all.'),
  })
  .describe('How far a transfer to a node has come.')
  .meta({ title: 'ProgressEvent' });

const log = z
  .object({
    ...ofNode,
    event: z.literal('log'),
    source: text('systemd unit, cloud-init, or spot-tui for what the program itself says.'),
    message: text('One line, free of control sequences.'),
  })
  .describe('Something on a node, or the program on its behalf, had to say something.')
  .meta({ title: 'LogEvent' });

const usage = (description: string) =>
  z
    .object({ used: count('In use, in bytes.'), total: count('In all, in bytes.') })
    .describe(description);

const workloads = (description: string) =>
  z
    .array(
      z.object({
        name: text('Name of the unit or container.'),
        state: text('Its state in its own words, such as active or exited.'),
        detail: text('What more there is to say.'),
      }),
    )
    .describe(description);

const health = z
  .object({
    ...ofNode,
    event: z.literal('health'),
    checks: z.array(
      z.object({
        name: text('What was checked.'),
        status: z.enum(['passed', 'failed', 'skipped']),
        detail: text('What was found, in one line.'),
        hint: hint.exactOptional(),
      }),
    ),
    services: workloads('systemd units of the deployment.'),
    containers: workloads('Containers on the node.'),
    load: z
      .object({
        average: z.number().nonnegative().describe('Load average of the last minute.'),
        processors: count('How many processes can run at once.'),
      })
      .exactOptional(),
    memory: usage('Main memory.').exactOptional(),
    disk: usage('The file system that holds /.').exactOptional(),
    uptime: count('Milliseconds for which the machine has been up.').exactOptional(),
  })
  .describe('How a node was found when it was looked at, when something in it has changed.')
  .meta({ title: 'HealthEvent' });

const actionId = z.int().positive().describe('Counts the actions of a run from 1.');

const action = z
  .object({
    ...happened,
    event: z.literal('action'),
    id: actionId,
    action: z.enum(actionNames),
    state: z.enum(['started', 'done', 'cancelled']),
    nodes: z.array(text('Name of a node.')).describe('Nodes that it works on.'),
    by: text('Who asked: user@machine.'),
    detail: text('What more there is to say, such as the command.').exactOptional(),
    failure: text('Why it failed before it had any node to work on.').exactOptional(),
  })
  .describe('Somebody asked for something, or that is over.')
  .meta({ title: 'ActionEvent' });

const actionResult = z
  .object({
    ...ofNode,
    event: z.literal('action-result'),
    id: actionId,
    action: z.enum(actionNames),
    status: z.enum(['running', 'succeeded', 'failed', 'cancelled', 'skipped']),
    detail: text('In one line.'),
    output: z
      .array(text('A line.'))
      .describe('The last lines that a command printed.')
      .exactOptional(),
    exitStatus: z.int().describe('Of a command that ended by itself.').exactOptional(),
  })
  .describe('What an action is doing to one node, or has come to there.')
  .meta({ title: 'ActionResultEvent' });

const notice = z
  .object({
    ...happened,
    event: z.literal('notice'),
    level,
    message: reason,
    hint: hint.exactOptional(),
    topic,
    region: region.exactOptional(),
  })
  .describe('Something about the whole fleet or one region.')
  .meta({ title: 'NoticeEvent' });

const fleet = z
  .object({
    ...happened,
    event: z.literal('fleet'),
    deployment: text('Name of the deployment.'),
    command: text('The command at work.'),
    regions: z.array(z.string().transform(cleanText)).describe('AWS regions.'),
    nodes: count('How many nodes the fleet is meant to have.'),
    by: text('Who runs the command: user@machine.').exactOptional(),
  })
  .describe('The command has a fleet to work on.')
  .meta({ title: 'FleetStartedEvent' });

const summary = z
  .object({
    ...happened,
    event: z.literal('summary'),
    ready: count('Nodes that are ready.'),
    failed: count('Nodes that failed, or that were ready and fail a check now.'),
    interrupted: count('Nodes that EC2 took back, but for those that were replaced.'),
    terminated: count('Nodes that were terminated.'),
    replaced: count(
      'Nodes that EC2 took back and that another node has the place of; absent for none.',
    ).exactOptional(),
    elapsedSeconds: z.number().nonnegative().describe('Seconds since the command began.'),
    apiCalls: count('Requests sent to EC2, retries included.'),
    pricePerHour: z
      .number()
      .nonnegative()
      .describe('US dollars an hour of the instances whose price is known; absent where none is.')
      .exactOptional(),
    unpriced: count('Instances whose price is not known; absent for none.').exactOptional(),
  })
  .describe("What became of the fleet: the last line of create's output.")
  .meta({ title: 'SummaryEvent' });

/**
 * A line of NDJSON as `FleetEvent`: what is not known is dropped, points in time become
 * milliseconds, and text is cleaned.
 */
export const eventLine = z.discriminatedUnion('event', [
  fleet,
  phase,
  instance,
  moved,
  progress,
  log,
  health,
  action,
  actionResult,
  notice,
  summary,
]);
