import * as z from 'zod';
import { pipelinePhases } from '../events/phase.ts';
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
    .describe('A node entered a phase of its pipeline.'),
  z
    .object({
      ...ofNode,
      event: z.literal('phase'),
      phase: z.literal('failed'),
      failedPhase: pipelinePhase.describe('The phase that did not succeed.'),
      reason,
      hint,
      output: z
        .array(z.string().transform(cleanText))
        .describe("The failing command's last lines of output, oldest first.")
        .exactOptional(),
    })
    .describe("A node's pipeline ended without success."),
  z
    .object({ ...ofNode, event: z.literal('phase'), phase: z.literal('degraded'), reason, hint })
    .describe('A node that was ready fails a check now.'),
  z
    .object({
      ...ofNode,
      event: z.literal('phase'),
      phase: z.literal('interrupted'),
      reason,
      deadline: time('When EC2 takes the instance; absent when it is gone.').exactOptional(),
    })
    .describe('EC2 reclaims the spot instance.'),
  z
    .object({
      ...ofNode,
      event: z.literal('phase'),
      phase: z.enum(['terminating', 'terminated']),
      reason,
    })
    .describe('The instance is on its way out, or gone.'),
]);

const instance = z
  .object({
    ...ofNode,
    event: z.literal('instance'),
    instanceId,
    region,
    zone: text('Availability zone.').exactOptional(),
    instanceType: text('EC2 instance type.').exactOptional(),
    imageId: text('AMI id.').exactOptional(),
    address: text('The address that SSH uses.').exactOptional(),
    sshPort: z.int().min(1).max(65_535).describe('The port that SSH uses.').exactOptional(),
    launchedAt: time('When EC2 launched it; ISO 8601.').exactOptional(),
  })
  .describe('What is known of the machine behind a node, when it becomes known or changes.');

const progress = z
  .object({
    ...ofNode,
    event: z.literal('progress'),
    phase: pipelinePhase,
    done: count('Bytes that the node has acknowledged.'),
    total: count('Bytes in all.'),
  })
  .describe('How far a transfer to a node has come.');

const log = z
  .object({
    ...ofNode,
    event: z.literal('log'),
    source: text('systemd unit, cloud-init, or spot-tui for what the program itself says.'),
    message: text('One line, free of control sequences.'),
  })
  .describe('Something on a node, or the program on its behalf, had to say something.');

const notice = z
  .object({
    ...happened,
    event: z.literal('notice'),
    level,
    message: reason,
    hint: hint.exactOptional(),
    region: region.exactOptional(),
  })
  .describe('Something about the whole fleet or one region.');

const fleet = z
  .object({
    ...happened,
    event: z.literal('fleet'),
    deployment: text('Name of the deployment.'),
    command: text('The command at work.'),
    regions: z.array(z.string().transform(cleanText)).describe('AWS regions.'),
    nodes: count('How many nodes the fleet is meant to have.'),
  })
  .describe('The command has a fleet to work on.');

const summary = z
  .object({
    ...happened,
    event: z.literal('summary'),
    ready: count('Nodes that are ready.'),
    failed: count('Nodes that failed, or that were ready and fail a check now.'),
    interrupted: count('Nodes that EC2 took back.'),
    terminated: count('Nodes that were terminated.'),
    elapsedSeconds: z.number().nonnegative().describe('Seconds since the command began.'),
    apiCalls: count('Requests sent to EC2, retries included.'),
  })
  .describe("What became of the fleet: the last line of create's output.");

/**
 * A line of NDJSON as `FleetEvent`: what is not known is dropped, points in time become
 * milliseconds, and text is cleaned.
 */
export const eventLine = z.discriminatedUnion('event', [
  fleet,
  phase,
  instance,
  progress,
  log,
  notice,
  summary,
]);
