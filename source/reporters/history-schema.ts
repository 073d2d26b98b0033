import * as z from 'zod';
import { actionNames } from '../events/event.ts';
import { pipelinePhases } from '../events/phase.ts';

const time = z.iso.datetime().describe('When it happened; ISO 8601.');

const run = z.string().describe('The recorded run, as `replay` takes it.');

const counts = z
  .object({
    ready: z.int().nonnegative(),
    failed: z.int().nonnegative(),
    interrupted: z.int().nonnegative(),
    terminated: z.int().nonnegative(),
    replaced: z.int().positive().optional(),
  })
  .describe('What became of the nodes; absent where the run goes on or was cut short.');

const by = z.string().describe('Who did it: user@machine.');

const nodes = z.array(z.string()).describe('Names of nodes.');

const ofNode = {
  time,
  node: z.string().describe('Name of the node, <region>-<n>.'),
  run,
  instanceId: z.string().optional().describe('EC2 instance id.'),
};

const reason = z.string().describe('What happened and why, in one line.');

const hint = z.string().describe('What to do next, in one line.');

/** A line of `spot-tui history --json`. */
export const historyLineSchema = z
  .union([
    z
      .object({
        time,
        event: z.literal('command'),
        run,
        command: z.string(),
        nodes: z.int().nonnegative().describe('How many nodes it was about.'),
        by: by.optional(),
        summary: counts.optional(),
      })
      .describe('A command that changes the fleet was given.'),
    z
      .object({
        time,
        event: z.literal('action'),
        run,
        action: z.enum(actionNames),
        nodes,
        by,
        detail: z.string().optional().describe('What more there is to say, such as the command.'),
        failure: z.string().optional().describe('Why it failed before it had any node.'),
        state: z.enum(['started', 'done', 'cancelled']),
        succeeded: nodes,
        failed: nodes,
      })
      .describe('Somebody asked for something in the dashboard.'),
    z
      .object({
        ...ofNode,
        event: z.literal('launched'),
        region: z.string(),
        zone: z.string().optional(),
        instanceType: z.string().optional(),
        lifecycle: z.enum(['spot', 'on-demand']).optional(),
      })
      .describe('EC2 launched an instance for the node.'),
    z
      .object({
        ...ofNode,
        event: z.literal('moved'),
        to: z.string().describe('Its name from then on, in another region.'),
        reason,
      })
      .describe('The node found no capacity in its region, and was launched in another.'),
    z
      .object({
        ...ofNode,
        event: z.literal('failed'),
        failedPhase: z.enum(pipelinePhases),
        reason,
        hint,
      })
      .describe('The node did not come to ready.'),
    z
      .object({ ...ofNode, event: z.literal('degraded'), reason, hint })
      .describe('The node was ready, and a check failed.'),
    z
      .object({
        ...ofNode,
        event: z.literal('recovered'),
        reason: z.string().describe('What it recovered from.'),
        afterSeconds: z.number().describe('How long that lasted.'),
      })
      .describe('The node was in trouble, and is ready again.'),
    z
      .object({ ...ofNode, event: z.enum(['interrupted', 'terminated']), reason })
      .describe('EC2 took the instance, or it was ended.'),
    z
      .object({
        time: z.iso.datetime().describe('When it began; ISO 8601.'),
        event: z.literal('run'),
        run,
        command: z.string(),
        by: by.optional(),
        nodes: z.int().nonnegative().optional().describe('How many nodes it was about.'),
        state: z.enum(['ongoing', 'ended', 'cut short']),
        endedAt: z.iso.datetime().optional().describe('When its last event happened; ISO 8601.'),
        summary: counts.optional(),
        files: z.array(z.string()).describe('Absolute paths; the recording in its parts.'),
      })
      .describe('A recorded run, as `--runs` lists them.'),
  ])
  .describe('A line that `spot-tui history --json` prints.');
