import { Ec2Failure } from './failure.ts';

/** Who signed a request, and for which region. */
export type CredentialScope = { readonly accessKeyId: string; readonly region: string };

const credential =
  /^AWS4-HMAC-SHA256\s.*\bCredential=([^/,\s]+)\/\d{8}\/([^/,\s]+)\/(ec2|pricing)\/aws4_request\b/;

/**
 * Reads the credential scope of a signature; the signature itself is not checked.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 *
 * @throws Ec2Failure `AuthFailure` where there is none
 */
export const credentialScope = (
  authorization: string | undefined,
  service: 'ec2' | 'pricing' = 'ec2',
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
