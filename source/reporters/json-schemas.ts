import * as z from 'zod';
import { eventLine } from './event-schema.ts';
import { historyLineSchema } from './history-schema.ts';

const list = z
  .object({
    deployment: z.string().describe('Name of the deployment.'),
    nodes: z.array(
      z.object({
        node: z.string().describe('Name of the node, <region>-<n>.'),
        instanceId: z.string().describe('EC2 instance id.'),
        region: z.string().describe('AWS region.'),
        zone: z.string().describe('Availability zone.'),
        instanceType: z.string().describe('EC2 instance type.'),
        state: z
          .enum(['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped'])
          .describe("EC2's name for the instance's state."),
        address: z.string().nullable().describe('The address that SSH uses; null for none.'),
        launchedAt: z.iso.datetime().describe('When EC2 launched it; ISO 8601.'),
        hostKey: z
          .enum(['verified', 'pinned'])
          .nullable()
          .describe(
            'Whether its SSH host key was verified by EC2 or pinned at first sight; null where neither is known here.',
          ),
      }),
    ),
  })
  .describe('What `spot-tui list --json` prints.');

const doctor = z
  .object({
    nodes: z.array(
      z.object({
        node: z.string().describe('Name of the node, <region>-<n>.'),
        ok: z.boolean().describe('Whether no check failed.'),
        checks: z.array(
          z.object({
            name: z.string().describe('What was checked.'),
            status: z.enum(['passed', 'failed', 'skipped']),
            detail: z.string().describe('What was found, in one line.'),
            hint: z.string().optional().describe('What to do about it.'),
          }),
        ),
      }),
    ),
  })
  .describe('What `spot-tui doctor --json` prints.');

/**
 * JSON Schemas (draft 2020-12) of everything that `--json` prints, by the name under which the
 * package ships them in `templates/`. They allow more properties than they describe: later versions
 * may add some.
 */
export const jsonSchemas = (): ReadonlyMap<string, Readonly<Record<string, unknown>>> =>
  new Map(
    Object.entries({
      'events.schema.json': eventLine.describe('A line that a command prints with --json.'),
      'list.schema.json': list,
      'doctor.schema.json': doctor,
      'history.schema.json': historyLineSchema,
    }).map(([name, schema]) => [name, z.toJSONSchema(schema, { io: 'input' })]),
  );
