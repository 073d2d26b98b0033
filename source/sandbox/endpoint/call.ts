import type { Cloud } from './cloud.ts';
import type { Parameters } from './parameters.ts';
import type { Region } from './region.ts';
import type { XmlFields } from './xml.ts';

/** A request to EC2, as an action gets it. */
export type Call = {
  readonly cloud: Cloud;
  /** The region that the request was signed for. */
  readonly region: Region;
  readonly action: string;
  readonly parameters: Parameters;
  readonly caller: Caller;
};

/** Who sent a request. */
export type Caller = { readonly accessKeyId: string; readonly userAgent: string };

/**
 * One of EC2's actions. It checks the request first, throwing `Ec2Failure` and changing nothing;
 * the effect that it hands back does the work. So a dry run is an effect that isn't run.
 */
export type Action = (call: Call) => Effect;

export type Effect = () => XmlFields | Promise<XmlFields>;
