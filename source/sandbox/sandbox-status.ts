import * as z from 'zod';

const nodeSchema = z.object({
  instanceId: z.string(),
  /** Absent until the fleet has named it. */
  node: z.string().optional(),
  region: z.string(),
  zone: z.string(),
  instanceType: z.string(),
  /** EC2's, such as `running`. */
  state: z.string(),
  address: z.string().optional(),
  sshPort: z.number().optional(),
});

/** What the process says of itself, as far as programs of this build understand it. */
export const statusSchema = z.object({
  build: z.string(),
  pid: z.number(),
  fast: z.boolean().default(false),
  /** Milliseconds since the Unix epoch. */
  startedAt: z.number().default(0),
  ending: z.boolean().default(false),
  nodes: z.array(nodeSchema).default([]),
});

/** What a sandbox says of itself. */
export type SandboxStatus = z.output<typeof statusSchema> & {
  readonly endpointUrl: string;
  /** Whether it was built from the same sources as this program. */
  readonly isOwnBuild: boolean;
};
