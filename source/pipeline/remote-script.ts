import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { shellWord } from '../ssh/openssh-command.ts';

const scriptFiles = {
  receivePayload: 'receive-payload.sh',
  awaitCloudInit: 'await-cloud-init.sh',
  triggerConfiguration: 'trigger-configuration.sh',
  inspectNode: 'inspect-node.sh',
  watchSpotNotices: 'watch-spot-notices.sh',
  drainNode: 'drain-node.sh',
} as const;

/** The scripts that are sent to a node with the command that runs them. */
export type RemoteScripts = Readonly<Record<keyof typeof scriptFiles, string>>;

/** Stands for the scripts where nothing is run on nodes. */
export const noRemoteScripts: RemoteScripts = {
  receivePayload: '',
  awaitCloudInit: '',
  triggerConfiguration: '',
  inspectNode: '',
  watchSpotNotices: '',
  drainNode: '',
};

/** Reads the scripts from the program's templates. */
export const loadRemoteScripts = async (templatesFolder: string): Promise<RemoteScripts> => {
  const read = (name: string) => readFile(path.join(templatesFolder, name), 'utf8');
  const [
    receivePayload,
    awaitCloudInit,
    triggerConfiguration,
    inspectNode,
    watchSpotNotices,
    drainNode,
  ] = await Promise.all([
    read(scriptFiles.receivePayload),
    read(scriptFiles.awaitCloudInit),
    read(scriptFiles.triggerConfiguration),
    read(scriptFiles.inspectNode),
    read(scriptFiles.watchSpotNotices),
    read(scriptFiles.drainNode),
  ]);
  return {
    receivePayload,
    awaitCloudInit,
    triggerConfiguration,
    inspectNode,
    watchSpotNotices,
    drainNode,
  };
};

/** A command line that runs a script under POSIX sh without a copy of it on the node. */
export const inlineScript = (
  name: string,
  script: string,
  options: { readonly arguments?: readonly string[]; readonly root?: boolean } = {},
): string =>
  [...(options.root ? ['sudo', '-n'] : []), 'sh', '-c', script, name, ...(options.arguments ?? [])]
    .map(shellWord)
    .join(' ');
