import type { NewFile } from './classify.ts';

/** Below `files`: what a script puts where it lies below the nodes' root. */
export const mirrorPlace = 'files/instance-files';

/** Where a file of the new folder is on a node, once everything has been put in its place. */
export const installedPathOf = ({ path }: Pick<NewFile, 'path'>): string => {
  if (path.startsWith(`${mirrorPlace}/`)) return path.slice(mirrorPlace.length);
  if (path.startsWith('services/')) return `/etc/systemd/system/${path.slice('services/'.length)}`;
  return `/opt/uploaded_files/${path.replace(/^files\//, '')}`;
};
