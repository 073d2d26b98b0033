import { getProfileName, loadSharedConfigFiles } from '@smithy/core/config';

/**
 * The SDK found no credentials. It tries one source after the other and tells only of the last one,
 * so that what the profile is made of says more than its words.
 */
export class CredentialsMissingError extends Error {
  /** As the SDK names such errors. */
  override readonly name = 'CredentialsProviderError';

  /** @param settings Names of the profile's settings, such as `credential_process`. */
  constructor(
    message: string,
    readonly settings: readonly string[],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Names of the SDK's errors about credentials. */
export const credentialErrors: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ProviderError',
  'CredentialsError',
]);

/**
 * An error of the search for credentials with what the profile is made of. Others, such as those of
 * the network towards a sign-in service, are given back as they are.
 */
export const describeMissing = async (
  error: unknown,
  profile: string | undefined,
): Promise<unknown> => {
  if (!(error instanceof Error)) return error;
  // A token's file that is not there has no other name.
  const isMissingFile = 'code' in error && error.code === 'ENOENT';
  if (!credentialErrors.has(error.name) && !isMissingFile) return error;
  const settings = isMissingFile ? ['web_identity_token_file'] : await settingsOf(profile);
  return new CredentialsMissingError(error.message, settings, { cause: error });
};

/** What is set in either of the user's files. */
const settingsOf = async (profile: string | undefined): Promise<string[]> => {
  const name = getProfileName(profile === undefined ? {} : { profile });
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  return Object.keys({ ...configFile[name], ...credentialsFile[name] });
};
