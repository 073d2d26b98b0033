import { type ConfigIssue, formatKeyPath, type KeyPath } from '../config/issue.ts';
import type { SecretReference } from '../config/secret-reference.ts';
import { buildPayload, type Payload } from '../pipeline/payload/payload.ts';
import {
  type ReadSecret,
  readSecret,
  type SecretSources,
} from '../pipeline/payload/read-secret.ts';
import { SecretError } from '../pipeline/payload/secret-error.ts';
import { type LookUp, type PayloadSecrets, resolveSecrets } from '../pipeline/payload/secrets.ts';
import type { Invocation } from './command.ts';
import type { Workspace } from './workspace.ts';

/**
 * The files for the nodes as they are now, with all secrets looked up: for who sends them.
 *
 * @throws PayloadError, or ConfigError where secrets can't be used.
 */
export const buildWholePayload = async (
  invocation: Pick<Invocation, 'environment' | 'templatesFolder'>,
  workspace: Workspace,
  signal: AbortSignal,
): Promise<Payload> =>
  buildPayload(
    workspace.config,
    invocation.templatesFolder,
    await lookUpSecrets(invocation, workspace, signal),
  );

/** @throws ConfigError */
export const lookUpSecrets = (
  { environment }: Pick<Invocation, 'environment'>,
  { config, isSandbox, issueAt = withoutPosition, readSecret: readStored }: Workspace,
  signal: AbortSignal,
): Promise<PayloadSecrets> => {
  const sources: SecretSources = { environment, readStored };
  const lookUp: LookUp = isSandbox
    ? (name, reference) => lookUpInSandbox(name, reference, sources, signal)
    : (_, reference) => readSecret(reference, sources, signal);
  return resolveSecrets(config.secrets, lookUp, issueAt);
};

const withoutPosition = (path: KeyPath, message: string): ConfigIssue => ({
  key: formatKeyPath(path),
  message,
});

/**
 * Who tries a deployment in the sandbox need not have its secrets: something stands in for what is
 * not here. The sandbox's answer for a secret of AWS is no JSON, so that keys stand for themselves.
 */
const lookUpInSandbox = async (
  name: string,
  reference: SecretReference,
  sources: SecretSources,
  signal: AbortSignal,
): Promise<ReadSecret> => {
  switch (reference.type) {
    case 'ssm':
      return readSecret(reference, sources, signal);
    case 'secretsmanager': {
      const { key, ...whole } = reference;
      const read = await readSecret(whole, sources, signal);
      return key === undefined
        ? read
        : { ...read, content: Buffer.concat([read.content, Buffer.from(`#${key}`)]) };
    }
    case 'file':
    case 'env':
      try {
        return await readSecret(reference, sources, signal);
      } catch (error) {
        if (!(error instanceof SecretError)) throw error;
        const standIn = `sandbox-${name}`;
        return {
          content: Buffer.from(standIn),
          warning: `${error.message}; in the sandbox it is "${standIn}"`,
        };
      }
    default:
      return reference satisfies never;
  }
};
