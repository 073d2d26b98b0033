/** What is known of credentials that are missing, or that EC2 does not take any more. */
export type SignInFacts = {
  /** The SDK's words; empty where it is EC2 that refuses. */
  readonly message: string;
  readonly profile: string | undefined;
  /** Names of the profile's settings, as far as they are known. */
  readonly settings: readonly string[];
  /** Where they came from when there were some, in letters of the SDK's `AwsSdkCredentialsFeatures`. */
  readonly source: readonly string[];
};

/** Which command, or what else, gets new credentials: one line. */
export const signInHint = ({ message, profile, settings, source }: SignInFacts): string => {
  const withProfile = profile === undefined ? '' : ` --profile ${profile}`;
  const named = profile === undefined ? 'the profile' : `the profile "${profile}"`;
  const isOf = (...letters: readonly string[]) => letters.some((each) => source.includes(each));
  if (/multi-factor|mfa/i.test(message)) {
    return (
      'The role wants a code of an MFA device, which can only be asked for on a terminal and ' +
      'before the dashboard opens: run the command there without --ci, or bring a session along ' +
      'in environment variables, as "aws configure export-credentials" prints them.'
    );
  }
  const has = (...names: readonly string[]) => names.some((each) => settings.includes(each));
  if (/aws login/i.test(message) || has('login_session') || isOf('AC', 'AD')) {
    return `Sign in again: aws login${withProfile}`;
  }
  if (/\bsso\b/i.test(message) || has('sso_session', 'sso_start_url') || isOf('r', 's', 't', 'u')) {
    return `Sign in again: aws sso login${withProfile}`;
  }
  if (has('credential_process') || isOf('v', 'w')) {
    return `Run the command that ${named} names as credential_process: it must print credentials that are valid.`;
  }
  if (/web.?identity/i.test(message) || has('web_identity_token_file') || isOf('h', 'k', 'q')) {
    return 'The identity token (AWS_WEB_IDENTITY_TOKEN_FILE, or web_identity_token_file of the profile) is missing or too old: whatever issued it must write a new one.';
  }
  if (isOf('g')) {
    return 'Set new ones in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, and run the command again: it carries on.';
  }
  if (isOf('0', 'z')) {
    return "Check the role of this machine or container: its metadata service gives credentials that aren't taken.";
  }
  if (isOf('n', 'o', 'p', 'i')) {
    return `Write new ones into ${named}, or sign in again: aws sso login${withProfile}, or aws login${withProfile}.`;
  }
  return profile === undefined
    ? 'Sign in with "aws sso login" or "aws login", run "aws configure", set AWS_PROFILE, ' +
        'or try it without an account: --sandbox.'
    : `The profile "${profile}" has no usable credentials: see "aws configure list-profiles", ` +
        `or sign in: aws sso login${withProfile}.`;
};
