import type { Action } from './call.ts';
import { Ec2Failure } from './failure.ts';
import { visibleInstance } from './instance.ts';

/** Bytes of its end that EC2 keeps of a console. */
const consoleSize = 65_536;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html */
export const getConsoleOutput: Action = ({ cloud, region, parameters }) => {
  const now = cloud.clock.now();
  const instance = visibleInstance(region, parameters.required('InstanceId'), now);
  const isLatest = parameters.flag('Latest') ?? false;
  if (isLatest && instance.type.hypervisor !== 'nitro') {
    throw new Ec2Failure(
      'UnsupportedOperation',
      'This instance type does not support retrieving the latest console logs. Only supported on instances built on the Nitro System.',
    );
  }
  return async () => {
    // Before and after there may be no machine to ask.
    const isSilent = instance.consoleIsSilent || cloud.faultRules.silences(instance.region, now);
    const isTelling = instance.state === 'running' && !isSilent;
    const text = isTelling ? await cloud.hypervisor.consoleOutput(instance.id) : '';
    const output = Buffer.from(text).subarray(-consoleSize).toString('base64');
    return {
      instanceId: instance.id,
      timestamp: new Date(now),
      output: output === '' ? undefined : output,
    };
  };
};
