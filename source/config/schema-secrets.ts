import * as z from 'zod';
import { expecting } from './fields.ts';
import { expectedReference, secretReferencePattern } from './secret-reference.ts';

const error = ({ input }: { readonly input?: unknown }) => `expected ${expectedReference(input)}`;

const reference = z
  .string({ error })
  .regex(secretReferencePattern, { error })
  .meta({
    description:
      'Where the secret is: `file:PATH`, `env:VARIABLE`, `ssm:PARAMETER`, `secretsmanager:ID` or `secretsmanager:ID#JSON-KEY`.',
    examples: ['file:secrets/token', 'env:TOKEN', 'ssm:/fleet/token'],
  });

export const secrets = z
  .record(
    z
      .string()
      .regex(
        /^[a-z][a-z0-9_-]{0,62}$/,
        expecting('a name of lower-case letters, digits, _ and - such as "registry-token"'),
      ),
    reference,
    expecting('a map of secrets such as {token: "env:TOKEN"}'),
  )
  .meta({
    description:
      'Where secrets are, never what they are, by the name under which nodes get them: `/opt/uploaded_files/secrets/NAME`, and `{{secret.NAME}}` in templates. They are looked up by `create`, `push` and `validate`.',
    examples: [{ token: 'file:secrets/token', 'db-password': 'secretsmanager:fleet/db#password' }],
  });
