import path from 'node:path';
import { ensurePythonEnvironment } from '../../test/contract/python-environment.ts';

/** Where the tools are that the bench installs from PyPI, once: its folder of programs. */
export const pythonTools = async (): Promise<string> =>
  path.join(
    await ensurePythonEnvironment([
      'ClusterShell==1.10.1',
      'ansible-core==2.19.14',
      'pyinfra==3.10.0',
    ]),
    'bin',
  );
