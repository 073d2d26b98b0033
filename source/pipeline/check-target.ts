import type { Config } from '../config/config.ts';
import type { CheckTarget } from './checks/check.ts';
import type { PayloadService } from './payload/services.ts';

/** What is known of the files that a node must have. */
export type ExpectedFiles = {
  readonly services: readonly Pick<PayloadService, 'unit' | 'action'>[];
  readonly containers: readonly string[];
  /** Absent where any files will do that were applied whole. */
  readonly manifestDigest?: string;
};

/**
 * What a node of this configuration with these files must look like.
 *
 * @param options.exactFiles Whether it must have this payload, or any that was applied whole.
 */
export const checkTargetOf = (
  config: Config,
  files: ExpectedFiles,
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
    files.services.filter(({ action }) => action === 'start').map(({ unit }) => unit),
  containers: config.expectations.containers ?? files.containers,
  manifest: { digest: files.manifestDigest, required: exactFiles },
  settleTime: config.settleTime,
});
