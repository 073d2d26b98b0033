import { Ec2Failure } from './failure.ts';

/** Who signed a request, and for which region. */
export type CredentialScope = { readonly accessKeyId: string; readonly region: string };

/** A service that requests may be signed for. */
export type SignedService = 'ec2' | 'pricing' | 'secretsmanager' | 'ssm';

const credential =
  /^AWS4-HMAC-SHA256\s.*\bCredential=([^/,\s]+)\/\d{8}\/([^/,\s]+)\/([a-z0-9]+)\/aws4_request\b/;

/**
 * Reads the credential scope of a signature; the signature itself is not checked.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 *
 * @throws Ec2Failure `AuthFailure` where there is none
 */
export const credentialScope = (
  authorization: string | undefined,
  service: SignedService = 'ec2',
): CredentialScope => {
  const [, accessKeyId, region, signedFor] = credential.exec(authorization ?? '') ?? [];
  if (accessKeyId === undefined || region === undefined || signedFor !== service) {
    throw authenticationFailure();
  }
  return { accessKeyId, region };
};

export const authenticationFailure = (): Ec2Failure =>
  new Ec2Failure(
    'AuthFailure',
    'AWS was not able to validate the provided access credentials',
    401,
  );
