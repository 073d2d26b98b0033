import type { Check } from './check.ts';

/** Kilobytes below which services and the journal start to fail in odd ways. */
const floorKb = 200 * 1024;

/** The root volume has room. */
export const checkDisk: Check = ({ disk }) => {
  const name = 'disk';
  if (disk === undefined) return [{ name, status: 'skipped', detail: 'df gave no answer' }];
  const detail = `${size(disk.availableKb, disk.totalKb)} of ${size(disk.totalKb)} free`;
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

/** In GiB, or in MiB where the whole, of which it is a part, is smaller than that. */
const size = (kilobytes: number, whole = kilobytes): string => {
  const megabytes = kilobytes / 1024;
  return whole < 1024 * 1024
    ? `${Math.round(megabytes)} MiB`
    : `${(megabytes / 1024).toFixed(1)} GiB`;
};
