import type { Check } from './check.ts';

/** Kilobytes below which services and the journal start to fail in odd ways. */
const floorKb = 200 * 1024;

/** The root volume has room. */
export const checkDisk: Check = ({ disk }) => {
  const name = 'disk';
  if (disk === undefined) return [{ name, status: 'skipped', detail: 'df gave no answer' }];
  const detail = `${Math.floor(disk.availableKb / 1024)} MiB of ${Math.floor(disk.totalKb / 1024)} MiB free`;
  return [
    disk.availableKb < floorKb
      ? {
          name,
          status: 'failed',
          detail,
          hint: 'Free some space on the node (`docker system prune`, logs), or set a larger instance_storage_gb.',
        }
      : { name, status: 'passed', detail },
  ];
};
