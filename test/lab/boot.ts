/*
 * Boots one machine of the lab to look at by hand, until Ctrl-C:
 *
 *   node --import tsx test/lab/boot.ts bookworm user-data.yaml [key.pub]
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ensureImages, releases } from './images.ts';
import { freeAbandonedSlots } from './machine-slot.ts';
import { NspawnHypervisor } from './nspawn-hypervisor.ts';

const {
  positionals: [releaseName, userDataFile, keyFile],
} = parseArgs({ allowPositionals: true });
const release = releases.find((name) => name === releaseName);
if (release === undefined) throw new Error(`Say which release: ${releases.join(' or ')}.`);

await freeAbandonedSlots();
const images = await ensureImages();
const hypervisor = new NspawnHypervisor({ image: () => images[release], quirks: () => ({}) });
const instanceId = 'i-00000000000000001';
const { publicAddress } = await hypervisor.launch({
  instanceId,
  region: 'us-west-2',
  zone: 'us-west-2a',
  instanceType: 't3.medium',
  imageId: release,
  userData: userDataFile === undefined ? '#cloud-config\n' : await readFile(userDataFile, 'utf8'),
  ...(keyFile === undefined ? {} : { publicKey: await readFile(keyFile, 'utf8') }),
});
console.log(`machine ${hypervisor.machine(instanceId).name}: ssh debian@${publicAddress}`);
const leader = await hypervisor.machine(instanceId).leader();
console.log(`as root: nsenter --target ${leader} --all --cgroup -- bash -l`);
const alive = setInterval(() => undefined, 60_000);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    clearInterval(alive);
    await hypervisor.close();
  });
}
