import type { Check } from './check.ts';

/** The payload was applied, is the one that was asked for, and is still as it was installed. */
export const checkFiles: Check = ({ appliedManifest, fileComplaints, failure }, target) => {
  const name = 'files';
  if (failure !== undefined) {
    return [{ name, status: 'failed', detail: failure.reason, hint: failure.hint }];
  }
  if (appliedManifest === undefined) {
    return [
      {
        name,
        status: 'failed',
        detail: 'nothing was installed yet',
        hint: 'Run `spot-tui push NODE`.',
      },
    ];
  }
  const [complaint] = fileComplaints;
  if (complaint !== undefined) {
    const more = fileComplaints.length > 1 ? ` (and ${fileComplaints.length - 1} more)` : '';
    return [
      {
        name,
        status: 'failed',
        detail: `${complaint}${more}`,
        hint: 'Somebody changed or removed it on the node; `spot-tui push NODE` puts it back.',
      },
    ];
  }
  const { digest, required } = target.manifest;
  if (digest === undefined || digest === appliedManifest) {
    return [{ name, status: 'passed', detail: 'in place, sums match' }];
  }
  return [
    required
      ? {
          name,
          status: 'failed',
          detail: 'the node has other files than the ones here',
          hint: 'Run `spot-tui push NODE`.',
        }
      : {
          name,
          status: 'passed',
          detail: 'in place, sums match; the files here are others, which `push` would bring',
        },
  ];
};
