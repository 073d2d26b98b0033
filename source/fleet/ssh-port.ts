import type { Config } from '../config/config.ts';
import { type Instance, tagNames } from '../ec2/cloud.ts';

/** The port of a node's SSH: its tag says it where it is not the configuration's. */
export const sshPortOf = (instance: Instance, config: Config): number => {
  const tagged = Number.parseInt(instance.tags[tagNames.sshPort] ?? '', 10);
  return tagged > 0 && tagged < 65_536 ? tagged : config.ssh.port;
};
