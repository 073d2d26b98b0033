import type { CheckTarget } from '../../source/pipeline/checks/check.ts';

/** What a node of the shipped workload must have. */
export const expected: CheckTarget = {
  directories: [
    '/bacalhau_node',
    '/bacalhau_data',
    '/opt/sensor',
    '/opt/uploaded_files/scripts',
    '/opt/uploaded_files/config',
  ],
  services: ['bacalhau-startup.service', 'bacalhau.service', 'sensor.service'],
  containers: [],
  manifest: { digest: undefined, required: false },
  settleTime: 0,
};
