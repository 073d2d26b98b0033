import { searchPath } from '../isolation/skeleton.ts';
import type { NodeShell } from '../node-shell.ts';
import { parseEnvironmentFile } from './environment-file.ts';
import type { Service } from './unit.ts';

/**
 * The environment of a service's processes.
 *
 * @throws Error naming a file of variables that is missing.
 */
export const serviceEnvironment = async (
  service: Service,
  shell: NodeShell,
  { invocationId, mainPid }: { readonly invocationId: string; readonly mainPid: number },
): Promise<Record<string, string>> => {
  const environment: Record<string, string> = {
    LANG: 'C.UTF-8',
    PATH: searchPath.split(':').slice(0, 6).join(':'),
    ...(service.user === 'root'
      ? {}
      : { USER: service.user, LOGNAME: service.user, HOME: `/home/${service.user}` }),
    ...service.environment,
  };
  for (const { path, optional } of service.environmentFiles) {
    const text = await shell.read(path);
    if (text !== undefined) Object.assign(environment, parseEnvironmentFile(text));
    else if (!optional) throw new Error(`No such file or directory: ${path}`);
  }
  environment.INVOCATION_ID = invocationId;
  if (mainPid > 0) environment.MAINPID = String(mainPid);
  return environment;
};
