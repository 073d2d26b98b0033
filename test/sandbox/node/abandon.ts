/**
 * Launches a node on which something runs that has the argument in its name, prints the folder, and
 * waits to be killed.
 */
import { Cloud } from './cloud.ts';

const [mark = ''] = process.argv.slice(2);
const cloud = await Cloud.open();
const node = await cloud.launch(`#cloud-config
write_files:
  - path: /etc/systemd/system/marked.service
    content: |
      [Service]
      ExecStart=/bin/bash -c 'exec -a marked-${mark} sleep 600'
runcmd: [systemctl start marked]
`);
await node.booted();
await node.until(`pgrep -f "^marked-${mark}"`);
console.log(cloud.folder);
setInterval(() => undefined, 1000);
