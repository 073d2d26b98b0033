import type { Config } from '../config/config.ts';
import {
  buildPayload,
  outlinePayload,
  type Payload,
  type PayloadOutline,
} from '../pipeline/payload/payload.ts';
import { PayloadError } from '../pipeline/payload/payload-error.ts';
import type { Invocation } from './command.ts';

/**
 * The files for the nodes, for a command that can do without them: whoever has the configuration,
 * the credentials and the key can look after a fleet. No secret is looked up for that.
 */
export const payloadIfHere = async (
  { stderr, templatesFolder }: Invocation,
  config: Config,
): Promise<Payload | PayloadOutline | undefined> => {
  try {
    return Object.keys(config.secrets).length === 0
      ? await buildPayload(config, templatesFolder)
      : await outlinePayload(config, templatesFolder);
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    const [first, ...more] = error.issues;
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
    stderr.write(
      `warning: nodes are checked by what is installed there, since the files are not here: ${first}${others}\n`,
    );
    return undefined;
  }
};
