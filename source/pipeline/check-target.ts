import type { Config } from '../config/config.ts';
import type { CheckTarget } from './checks/check.ts';
import type { Payload } from './payload/payload.ts';

/**
 * What a node of this configuration with this payload must look like.
 *
 * @param options.exactFiles Whether it must have this payload, or any that was applied whole.
 */
export const checkTargetOf = (
  config: Config,
  payload: Payload,
  { exactFiles }: { readonly exactFiles: boolean },
): CheckTarget => ({
  directories: [
    config.payload.bacalhauNodeDirectory,
    config.payload.bacalhauDataDirectory,
    '/opt/sensor',
    '/opt/uploaded_files/scripts',
    '/opt/uploaded_files/config',
  ],
  services:
    config.expectations.services ??
    payload.services.filter(({ action }) => action === 'start').map(({ unit }) => unit),
  containers: config.expectations.containers ?? payload.containers,
  manifest: { digest: payload.manifestDigest, required: exactFiles },
  settleTime: config.settleTime,
});
