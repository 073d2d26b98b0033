import type { Config } from '../../config/config.ts';
import { ConfigError, type ConfigIssue, formatIssue } from '../../config/issue.ts';
import type { IssueAt } from '../../config/load.ts';
import type { SecretReference } from '../../config/secret-reference.ts';
import { Ec2Error } from '../../ec2/errors.ts';
import type { PayloadFile } from './payload-file.ts';
import type { ReadSecret } from './read-secret.ts';
import { SecretError } from './secret-error.ts';

/** The secrets of a payload, looked up. */
export type PayloadSecrets = {
  readonly files: readonly PayloadFile[];
  /** What should be otherwise with them: complete lines. */
  readonly warnings: readonly string[];
};

/** Where there are none. */
export const noSecrets: PayloadSecrets = { files: [], warnings: [] };

/** Looks one secret up. Rejects with a SecretError or an Ec2Error. */
export type LookUp = (name: string, reference: SecretReference) => Promise<ReadSecret>;

/**
 * Looks all secrets up, for nodes to get them as `/opt/uploaded_files/secrets/NAME`, which nobody
 * but the login user and root may read.
 *
 * @param issueAt Says where in the configuration a reference is.
 * @throws ConfigError with a line for each that can't be used; its exit status is the highest that
 * one of them stands for.
 */
export const resolveSecrets = async (
  secrets: Config['secrets'],
  lookUp: LookUp,
  issueAt: IssueAt,
): Promise<PayloadSecrets> => {
  const issues: ConfigIssue[] = [];
  const warnings: string[] = [];
  const files: PayloadFile[] = [];
  let exitStatus: ConfigError['exitStatus'] = 1;
  const results = await Promise.all(
    Object.entries(secrets).map(async ([name, reference]) => {
      const [result] = await Promise.allSettled([lookUp(name, reference)]);
      return { name, result };
    }),
  );
  for (const { name, result } of results) {
    const at = ['secrets', name];
    if (result.status === 'fulfilled') {
      const { content, warning } = result.value;
      files.push({ folder: 'files', name: `secrets/${name}`, content, mode: 0o600, secret: name });
      if (warning !== undefined) warnings.push(formatIssue(issueAt(at, warning)));
      continue;
    }
    const error: unknown = result.reason;
    if (!(error instanceof SecretError || error instanceof Ec2Error)) throw error;
    issues.push(issueAt(at, `${error.message}. ${error.hint}`));
    if (error.exitStatus > exitStatus) exitStatus = error.exitStatus;
  }
  if (issues.length > 0) throw new ConfigError(issues, [], { exitStatus, topic: 'secrets' });
  return { files, warnings };
};

/** Files of secrets that nodes get along with a folder as well, as open as they are here. */
export const sentSecrets = (files: readonly PayloadFile[], secrets: Config['secrets']): string[] =>
  Object.entries(secrets).flatMap(([name, reference]) =>
    reference.type === 'file' && files.some(({ origin }) => origin === reference.path)
      ? [
          `secrets.${name}: ${reference.path} is in a folder that nodes get as it is; keep it out of that`,
        ]
      : [],
  );
