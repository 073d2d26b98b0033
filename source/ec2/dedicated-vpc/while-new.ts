import { persist } from '../persist.ts';
import type { RegionScope } from '../scope.ts';

/** Tries again while a part of EC2 does not know yet what another has just made. */
export const whileNew = <Value>(
  scope: RegionScope,
  signal: AbortSignal,
  attempt: () => Promise<Value>,
): Promise<Value> =>
  persist(
    scope,
    {
      codes: /^Invalid(Vpc|Subnet|InternetGateway|RouteTable)I[dD]\.NotFound$/,
      patience: scope.patience.visibility,
      signal,
    },
    attempt,
  );
