import type { Placement } from './evidence.ts';

/** Directories and files that every configured node has, beside those of its payload. */
export const placements = (user: string): readonly Placement[] => [
  { path: '/bacalhau_node', owner: user, mode: '755' },
  { path: '/bacalhau_data', owner: user, mode: '755' },
  { path: '/opt/sensor', owner: user, mode: '755' },
  { path: '/opt/uploaded_files', owner: user, mode: '755' },
  { path: '/opt/uploaded_files/scripts', owner: user, mode: '755' },
  { path: '/opt/uploaded_files/config', owner: user, mode: '755' },
  { path: '/tmp/exs', owner: user, mode: '700' },
  { path: '/etc/systemd/system/configure-services.service', owner: 'root', mode: '644' },
  { path: '/usr/local/lib/spot-tui/configure-services.sh', owner: 'root', mode: '755' },
  { path: '/var/lib/spot-tui/manifest.sha256', owner: 'root', mode: '600' },
  { path: '/var/lib/spot-tui/installed.sha256', owner: 'root', mode: '600' },
  { path: '/var/lib/spot-tui/configured', owner: 'root', mode: '644' },
];
