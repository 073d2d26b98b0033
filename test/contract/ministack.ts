import path from 'node:path';
import { type ForeignEndpoint, startForeignEndpoint } from './foreign-endpoint.ts';
import { ensurePythonEnvironment } from './python-environment.ts';

/** An Ubuntu image that it comes with; it has no 24.04, which `auto` looks for. */
export const ministackImage = 'ami-0123456789abcdef0';

/**
 * Starts MiniStack's server (https://github.com/ministackorg/ministack), an implementation of its
 * own and no relative of moto, on a random port of the loopback interface.
 */
export const startMinistack = async (folder: string): Promise<ForeignEndpoint> => {
  const environment = await ensurePythonEnvironment(['ministack==1.5.33']);
  return startForeignEndpoint(path.join(environment, 'bin', 'ministack'), [], {
    HOME: folder,
    TMPDIR: folder,
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: '0',
    SERVICES: 'ec2',
  });
};
