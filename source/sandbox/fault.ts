import * as z from 'zod';

/** Seconds or uses after which a rule ends; without either it stays until faults are cleared. */
const bounds = {
  /** How often it strikes. */
  count: z.int().positive().optional(),
  /** How long it lasts. */
  seconds: z.number().positive().optional(),
};

/** Node's name, instance id, or address (with `:port` where several share one). */
const target = z.string().min(1);

/** Pattern with `*` for EC2 actions, such as `Describe*`. */
const action = z.string().min(1).default('*');

const region = z.string().min(1).optional();

/** Something bad that can be done to a live fleet. */
export const faultSchema = z.discriminatedUnion('kind', [
  /** EC2 takes a spot instance back, after a notice. */
  z.strictObject({
    kind: z.literal('reclaim'),
    target,
    /** Notice that EC2 gives; 0 takes the instance at once. */
    noticeSeconds: z.number().nonnegative().default(120),
  }),
  /** EC2 says of a spot instance that the risk has risen that it takes it back. */
  z.strictObject({ kind: z.literal('rebalance'), target }),
  /** Launches get no instances from the pools that match. */
  z.strictObject({
    kind: z.literal('refuse-capacity'),
    region,
    instanceType: z.string().min(1).optional(),
    zone: z.string().min(1).optional(),
    /** Default: both. */
    lifecycle: z.enum(['spot', 'on-demand']).optional(),
    /** EC2's code of the refusal. */
    code: z.string().min(1).default('InsufficientInstanceCapacity'),
    message: z.string().min(1).optional(),
    /** Instances that the matching pools still give, all together. */
    available: z.int().nonnegative().default(0),
    ...bounds,
  }),
  /** Requests are refused because there are too many. */
  z.strictObject({ kind: z.literal('throttle'), action, region, ...bounds }),
  /** Requests are refused for another reason, such as missing permissions. */
  z.strictObject({
    kind: z.literal('deny'),
    action,
    region,
    code: z.string().min(1).default('UnauthorizedOperation'),
    message: z.string().min(1).optional(),
    ...bounds,
  }),
  /** GetConsoleOutput has nothing to tell. */
  z.strictObject({
    kind: z.literal('silence-console'),
    /**
     * A node; or a region, for all nodes in it and those that are still to come, as are all
     * without a target.
     */
    target: target.optional(),
    ...bounds,
  }),
  /** Done by the machine itself. */
  z.strictObject({
    kind: z.enum(['cut-ssh', 'fill-disk', 'stop-service', 'reboot']),
    target,
  }),
]);

/** A fault with everything decided. */
export type Fault = z.output<typeof faultSchema>;

/** A fault as somebody asks for it, with the usual values left out. */
export type FaultRequest = z.input<typeof faultSchema>;

/** Faults that stay and act on requests. */
export type FaultRule = Extract<
  Fault,
  { kind: 'refuse-capacity' | 'throttle' | 'deny' | 'silence-console' }
>;
