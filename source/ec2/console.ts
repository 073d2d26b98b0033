import { GetConsoleOutputCommand } from '@aws-sdk/client-ec2';
import { Ec2Error } from './errors.ts';
import { ask } from './request.ts';
import type { RegionScope } from './scope.ts';

/**
 * What the instance's console shows, at most its last 64 KB; empty while EC2 has nothing, which
 * includes an instance that EC2 does not know yet. The current text needs a Nitro instance; others
 * show what EC2 last kept, minutes late.
 */
export const consoleOutput = async (
  scope: RegionScope,
  instanceId: string,
  signal: AbortSignal,
): Promise<string> => {
  try {
    return await request(scope, instanceId, true, signal);
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error;
    if (error.code === 'InvalidInstanceID.NotFound') return '';
    if (!onlyKept.test(error.code ?? '')) throw error;
    return request(scope, instanceId, false, signal);
  }
};

const request = async (
  scope: RegionScope,
  instanceId: string,
  latest: boolean,
  signal: AbortSignal,
): Promise<string> => {
  const answer = await ask(
    scope,
    { doing: `read the console of ${instanceId}`, action: 'GetConsoleOutput' },
    signal,
    (options) =>
      scope.client.send(
        new GetConsoleOutputCommand({
          InstanceId: instanceId,
          ...(latest ? { Latest: true } : {}),
        }),
        options,
      ),
  );
  return Buffer.from(answer.Output ?? '', 'base64').toString('utf8');
};

/** EC2's words for "not the latest, but what was kept". */
const onlyKept = /^(UnsupportedOperation|Incorrect(Instance)?State)$/;
