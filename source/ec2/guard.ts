import { toEc2Error } from './errors.ts';

/** Nothing but an `Ec2Error` or the signal's reason leaves the layer. */
export const guard = async <Value>(
  region: string,
  doing: string,
  signal: AbortSignal,
  work: () => Promise<Value>,
): Promise<Value> => {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    throw toEc2Error(error, { region, doing });
  }
};
