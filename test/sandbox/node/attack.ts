/**
 * Runs on a node of a hypervisor, as whoever runs this file: everything that could get out of it.
 * Prints what became of it as JSON. Arguments: a folder that only the node may not reach, a file in
 * it, and the id of a process that must survive.
 */
import { Cloud } from './cloud.ts';

const [outside = '', victim = '0'] = process.argv.slice(2);

/** Each must fail, or reach nothing outside of the node. */
const attempts: readonly (readonly [name: string, command: string])[] = [
  ['remounts /usr', 'sudo mount -o remount,rw /usr'],
  ['mounts a file system', 'sudo mount -t tmpfs none /mnt'],
  ['mounts the machine’s /proc', 'sudo mount -t proc none /mnt'],
  ['unmounts what covers the machine’s', 'sudo umount /usr || sudo umount -l /proc'],
  ['makes namespaces', 'sudo unshare --mount true || unshare --user --map-root-user --mount true'],
  ['makes a device', 'sudo mknod /tmp/disk b 8 0 || sudo mknod /tmp/mem c 1 1'],
  ['changes its root folder', 'sudo chroot / true'],
  ['changes its root folder for another', 'sudo pivot_root / /mnt'],
  [
    'writes a program of the machine',
    'sudo sh -c "echo >> /usr/bin/env" || sudo touch /usr/bin/x /lib/x /bin/x',
  ],
  [
    'moves away what programs load',
    'sudo mv /etc /etc2 || sudo mv /usr /usr2 || sudo rm -f /lib64',
  ],
  [
    'has code loaded into others',
    'echo /tmp/evil.so | sudo tee /etc/ld.so.preload > /dev/null; test -s /etc/ld.so.preload',
  ],
  ['sets kernel parameters', 'sudo sh -c "echo 1 > /proc/sys/kernel/panic"'],
  ['sets parameters of its namespace', 'sudo sh -c "echo 99 > /proc/sys/user/max_user_namespaces"'],
  ['asks the kernel to reboot', 'sudo sh -c "echo b > /proc/sysrq-trigger"'],
  ['kills a process of the machine', `sudo kill -9 ${victim}`],
  ['sees a process of the machine', `test -e /proc/${victim}`],
  [
    'reads the first process’s root',
    `sudo ls ${outside} /proc/1/root${outside} /proc/1/cwd${outside}`,
  ],
  ['finds its way up', `cd / && sudo ls ../../../..${outside}`],
  [
    'follows a link out',
    `sudo ln -s ${outside} /tmp/out && sudo sh -c "echo changed > /tmp/out/file"`,
  ],
  ['links a file from outside', `sudo ln ${outside}/file /tmp/hard`],
  [
    'opens a disk',
    'sudo head -c 1 /dev/vda || sudo head -c 1 /dev/sda || sudo head -c 1 /dev/nvme0n1',
  ],
  ['loads a module', 'sudo modprobe dummy || sudo insmod /tmp/x.ko'],
  ['sets the clock', 'sudo date -s 2001-01-01'],
  ['sets the machine’s name', 'sudo hostname evil'],
];

/** Succeed as far as the node sees it, and change only the node. */
const harmless: readonly (readonly [name: string, command: string, expected: string])[] = [
  ['writes to /etc', 'echo changed | sudo tee /etc/spot-tui-was-here', 'changed'],
  [
    'writes to /home',
    'sudo mkdir -p /home/somebody && echo changed | sudo tee /home/somebody/file',
    'changed',
  ],
  ['writes to /usr/local', 'echo changed | sudo tee /usr/local/bin/spot-tui-was-here', 'changed'],
  ['writes to /tmp', 'echo changed | tee /tmp/spot-tui-was-here', 'changed'],
  ['listens', 'sudo bash -c "exec 3<>/dev/udp/127.0.0.1/9; echo yes"', 'yes'],
  ['overwrites /bin/sh by a link', 'sudo ln -sf /bin/true /usr/local/sbin/sh && echo yes', 'yes'],
];

const cloud = await Cloud.open({ isolation: 'namespaces' });
try {
  const node = await cloud.launch();
  await node.booted();
  const results: Record<string, unknown> = {};
  await Promise.all(
    attempts.map(async ([name, command]) => {
      results[name] = (await node.run(command)).code === 0 ? 'succeeded' : 'failed';
    }),
  );
  for (const [name, command, expected] of harmless) {
    results[name] = (await node.run(command)).stdout.trim() === expected ? 'as wanted' : 'failed';
  }
  // What lies where stand-ins leave their calls comes from the node, and may be anything.
  await node.run(`cd /run/sandbox && mkdir 99 97.request && mkfifo 98 98.in 96 96.in
    ln -s ${outside}/file 98.request; ln -s ${outside}/file 96.out; ln -s ${outside}/file 96.err
    printf 'systemctl\\0/\\0x\\0\\0002\\0list-units\\0status\\0' > 96.request
    { printf '99\\n98\\n97\\n96\\n../../x\\n'; head -c 100000 /dev/urandom; echo; } > requests`);
  results['answers calls afterwards'] =
    (await node.run('systemctl is-active ssh')).stdout === 'active\n' ? 'as wanted' : 'failed';
  const network = await node.run('cat /proc/net/dev');
  results.interfaces = network.stdout.match(/^\s*(\S+):/gm)?.map((name) => name.trim());
  results.environment = await node.read('sudo cat /proc/1/environ | tr "\\0" "\\n"');
  results.bootId = await node.read('cat /proc/sys/kernel/random/boot_id');
  await node.run('sudo kill -9 -1');
  await node.restart(() => node.run('sudo reboot'));
  results.bootIdAfterReboot = await node.read('cat /proc/sys/kernel/random/boot_id');
  results.keepsFiles = await node.read('cat /etc/spot-tui-was-here');
  results.emptiesTmp = (await node.run('test -e /tmp/spot-tui-was-here')).code === 1;
  node.disconnect();
  console.log(JSON.stringify(results));
} finally {
  await cloud.close();
}
