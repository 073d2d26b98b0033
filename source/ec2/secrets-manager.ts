import {
  GetSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager';
import type { SendOptions } from './request.ts';
import type { SecretStore } from './stored-secret.ts';

/**
 * The current text of a secret of Secrets Manager.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 *
 * @param id Name or ARN.
 */
export const openSecretsManager = (
  configuration: SecretsManagerClientConfig,
  id: string,
  onRequest: () => void,
): SecretStore => {
  const client = new SecretsManagerClient(configuration);
  client.middlewareStack.add(
    (next) => (request) => {
      onRequest();
      return next(request);
    },
    { name: 'spotTuiCallCounter', step: 'deserialize', priority: 'low' },
  );
  return {
    read: async (options: SendOptions) => {
      const { SecretString } = await client.send(
        new GetSecretValueCommand({ SecretId: id }),
        options,
      );
      return SecretString;
    },
    close: () => client.destroy(),
  };
};
