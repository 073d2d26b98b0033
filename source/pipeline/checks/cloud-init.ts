import type { Check } from './check.ts';

/**
 * cloud-init has finished. Errors that it reported do not fail a node that has been configured
 * since: what they left undone, the other checks see.
 */
export const checkCloudInit: Check = ({ cloudInit, appliedManifest }) => {
  const name = 'cloud-init';
  switch (cloudInit.state) {
    case 'running':
      return [
        {
          name,
          status: 'failed',
          detail: 'still running',
          hint: 'Wait for it, or look at /var/log/cloud-init-output.log on the node.',
          pending: true,
        },
      ];
    case 'absent':
    case 'disabled':
      return appliedManifest === undefined
        ? [
            {
              name,
              status: 'failed',
              detail: cloudInit.state === 'absent' ? 'not installed' : 'disabled',
              hint: 'Use an image that runs cloud-init, such as Ubuntu (image: auto).',
            },
          ]
        : [{ name, status: 'skipped', detail: `${cloudInit.state}; the node was configured` }];
    case 'done': {
      const [error] = cloudInit.errors;
      if (error === undefined) return [{ name, status: 'passed', detail: 'finished' }];
      return appliedManifest === undefined
        ? [
            {
              name,
              status: 'failed',
              detail: error,
              hint: 'Look at /var/log/cloud-init-output.log on the node, mend the cause there, then `spot-tui configure NODE`.',
            },
          ]
        : [{ name, status: 'passed', detail: `finished; reported at first boot: ${error}` }];
    }
    default:
      return cloudInit satisfies never;
  }
};
