import { GetParameterCommand, SSMClient, type SSMClientConfig } from '@aws-sdk/client-ssm';
import type { SendOptions } from './request.ts';
import type { SecretStore } from './stored-secret.ts';

/**
 * The value of a parameter of Systems Manager's Parameter Store, decrypted where it is encrypted.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
 *
 * @param parameter Name or ARN, perhaps with a version or a label.
 */
export const openParameterStore = (
  configuration: SSMClientConfig,
  parameter: string,
  onRequest: () => void,
): SecretStore => {
  const client = new SSMClient(configuration);
  client.middlewareStack.add(
    (next) => (request) => {
      onRequest();
      return next(request);
    },
    { name: 'spotTuiCallCounter', step: 'deserialize', priority: 'low' },
  );
  return {
    read: async (options: SendOptions) => {
      const command = new GetParameterCommand({ Name: parameter, WithDecryption: true });
      const { Parameter } = await client.send(command, options);
      return Parameter?.Value;
    },
    close: () => client.destroy(),
  };
};
