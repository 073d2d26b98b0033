import type { Check } from './check.ts';

/** Kilobytes below which services and the journal start to fail in odd ways. */
const floorKb = 200 * 1024;

/** The root volume has room. */
export const checkDisk: Check = ({ disk }) => {
  const name = 'disk';
  if (disk === undefined) return [{ name, status: 'skipped', detail: 'df gave no answer' }];
  const detail = `${gibibytes(disk.availableKb)} of ${gibibytes(disk.totalKb)} GiB free`;
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

const gibibytes = (kilobytes: number): string => (kilobytes / 1024 / 1024).toFixed(1);
