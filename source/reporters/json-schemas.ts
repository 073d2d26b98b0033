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
        lifecycle: z.enum(['spot', 'on-demand']).describe('How it is paid for.'),
        pricePerHour: z
          .number()
          .nonnegative()
          .nullable()
          .describe('US dollars an hour; null where that is not known.'),
        hostKey: z
          .enum(['verified', 'pinned'])
          .nullable()
          .describe(
            'Whether its SSH host key was verified by EC2 or pinned at first sight; null where neither is known here.',
          ),
        expiresAt: z.iso
          .datetime()
          .nullable()
          .exactOptional()
          .describe('When it may be destroyed, ISO 8601; null for never.'),
      }),
    ),
    totals: z.object({
      nodes: z.int().nonnegative(),
      onDemand: z.int().nonnegative().describe('Nodes that are not spot instances.'),
      pricePerHour: z
        .number()
        .nonnegative()
        .nullable()
        .describe('US dollars an hour of the nodes whose price is known; null where none is.'),
      unpriced: z.int().nonnegative().describe('Nodes whose price is not known.'),
    }),
  })
  .describe('What `spot-tui list --json` prints.');

const deployments = z
  .object({
    deployments: z.array(
      z.object({
        deployment: z.string().describe('Name of the deployment.'),
        nodes: z
          .record(z.string(), z.int().positive())
          .describe(
            "How many instances are in each state, by EC2's name for it; not the gone ones.",
          ),
        regions: z.array(z.string()).describe('Regions in which it has anything.'),
        instanceTypes: z.array(z.string()),
        oldestLaunchAt: z.iso
          .datetime()
          .nullable()
          .describe('Launch of its oldest instance, ISO 8601; null without instances.'),
        expiresAt: z.iso
          .datetime()
          .nullable()
          .describe('When the last of it may be destroyed, ISO 8601; null for never.'),
        pricePerHour: z
          .number()
          .nullable()
          .describe('US dollars per hour for its instances; null where a price is not known.'),
        resources: z
          .int()
          .nonnegative()
          .describe('Things that it has besides instances, such as security groups.'),
      }),
    ),
    pricePerHour: z
      .number()
      .nullable()
      .describe('US dollars per hour of all of them; null where a price is not known.'),
    regions: z.array(z.string()).describe('Regions that were looked at.'),
    unseenRegions: z.array(z.string()).describe('Regions that could not be looked at.'),
  })
  .describe('What `spot-tui list --all-deployments --json` prints.');

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

const validation = z
  .object({
    deployment: z.string().describe('Name of the deployment.'),
    findings: z.array(
      z.object({
        name: z.string().describe('What was checked; an AWS region for what EC2 says.'),
        ok: z.boolean().describe('Whether `create` can do with it.'),
        warning: z
          .literal(true)
          .optional()
          .describe('Something that stops nothing, and is not as it was meant.'),
        detail: z.string().describe('What was found.'),
        hint: z.string().optional().describe('What to do about it.'),
        topic: z.string().optional().describe('Where to read on: `spot-tui explain TOPIC`.'),
      }),
    ),
  })
  .describe('What `spot-tui validate --json` prints.');

const price = z.number().nonnegative().nullable();

const plan = z
  .object({
    deployment: z.string().describe('Name of the deployment.'),
    totalInstances: z.int().nonnegative().describe('Nodes that are wanted.'),
    regions: z.array(
      z.object({
        region: z.string().describe('AWS region.'),
        instanceTypes: z.array(z.string()).describe('EC2 instance types, any of which will do.'),
        image: z.string().describe('The image as configured: an id, or `auto`.'),
        storageGb: z.int().positive().describe('GiB of the disk of a node.'),
        nodes: z.array(z.string()).describe('Names of the nodes that would be launched.'),
        existing: z.array(z.string()).describe('Names of the nodes that are there.'),
        spotPriceLimit: price.describe(
          'US dollars an hour that a node may cost; null for the on-demand price.',
        ),
        pricePerHour: price.describe(
          'US dollars an hour of a node in the cheapest pool now; null where that is not known.',
        ),
        onDemandPricePerHour: price.describe('The same on demand; null where that is not known.'),
        costPerHour: price.describe(
          'US dollars an hour of all that would be launched; null where that is not known.',
        ),
      }),
    ),
    costPerHour: price.describe('The sum of all regions; null where a price is not known.'),
    onDemandCostPerHour: price.describe('The same on demand.'),
  })
  .describe('What `spot-tui create --dry-run --json` prints.');

const resources = z
  .array(z.string())
  .describe('What would be removed besides nodes, in words for people.');

const destruction = z
  .object({
    deployment: z.string().describe('Name of the deployment.'),
    nodes: z.array(z.string()).describe('Names of the nodes that would be terminated.'),
    resources,
  })
  .describe('What `spot-tui destroy --dry-run --json` prints.');

const expired = z
  .object({
    expired: z.array(
      z.object({
        deployment: z.string().describe('Name of the deployment.'),
        region: z.string().describe('AWS region.'),
        instanceIds: z.array(z.string()).describe('Instances that would be terminated.'),
        resources,
      }),
    ),
  })
  .describe('What `spot-tui destroy --expired --dry-run --json` prints.');

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
      'deployments.schema.json': deployments,
      'doctor.schema.json': doctor,
      'validation.schema.json': validation,
      'plan.schema.json': plan,
      'destruction.schema.json': destruction,
      'expired.schema.json': expired,
      'history.schema.json': historyLineSchema,
    }).map(([name, schema]) => [name, z.toJSONSchema(schema, { io: 'input' })]),
  );
