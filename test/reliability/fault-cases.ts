import { apiFaults } from './api-faults.ts';
import { capacityFaults } from './capacity-faults.ts';
import { controllerFaults } from './controller-faults.ts';
import type { FaultCase } from './fault.ts';
import { machineFaults } from './machine-faults.ts';
import { nodeFaults } from './node-faults.ts';
import { shippedFaults } from './shipped-faults.ts';

/** Every fault of the matrix, in the order of the table. */
export const faultCases: readonly FaultCase[] = [
  {
    name: 'none',
    plan: (random) => {
      const command = random.pick(['create', 'push', 'destroy'] as const);
      return {
        text: `${command}: nothing goes wrong`,
        command,
        expects: { ready: 'all', causes: [] },
      };
    },
  },
  ...capacityFaults,
  ...apiFaults,
  ...nodeFaults,
  ...machineFaults,
  ...shippedFaults,
  ...controllerFaults,
];
