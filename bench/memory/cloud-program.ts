/** A cloud with machines in a process of its own, so that only the client's memory is measured. */
import { fastBootTimes } from '../../source/sandbox/endpoint/boot-times.ts';
import { startEndpoint } from '../../source/sandbox/endpoint/endpoint.ts';
import { LoggingMachines } from './logging-machines.ts';
import type { CloudMessage, CloudRequest } from './messages.ts';

const say = (message: CloudMessage): void => {
  process.send?.(message);
};

const machines = new LoggingMachines();
const endpoint = await startEndpoint({ hypervisor: machines, bootTimes: fastBootTimes });
let printed = 0;
process.on('message', async ({ lines }: CloudRequest) => {
  for (let line = 0; line < lines; line += 1) await machines.print(++printed);
  say({ type: 'printed', looks: machines.looks });
});
process.on('disconnect', () => process.exit(0));
const { sshPort } = await machines.launch({
  instanceId: 'i-00000000000000000',
  region: 'us-west-2',
  zone: 'us-west-2a',
  instanceType: 't3.medium',
  imageId: 'ami-0',
  userData: '',
});
say({ type: 'up', url: endpoint.url, port: sshPort });
