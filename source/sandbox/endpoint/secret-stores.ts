import * as z from 'zod';
import { type JsonService, readRequest } from './json-service.ts';

const parameterRequest = z.object({ Name: z.string().min(1), WithDecryption: z.literal(true) });

/**
 * Stands in for Parameter Store: every name has a value, `sandbox-` and the name.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
 */
export const parameterStore: JsonService = {
  target: 'AmazonSSM.',
  name: 'ssm',
  actions: {
    GetParameter: (_, body, region) => {
      const request = readRequest(parameterRequest, body, 'ValidationException');
      const [Name = ''] = request.Name.replace(/^arn:.*:parameter\//, '/').split(':');
      const bare = Name.replace(/^\//, '');
      return {
        Parameter: {
          ARN: `arn:aws:ssm:${region}:000000000000:parameter/${bare}`,
          Name,
          Type: 'SecureString',
          Value: `sandbox-${bare}`,
          Version: 1,
          DataType: 'text',
        },
      };
    },
  },
};

const secretRequest = z.object({ SecretId: z.string().min(1) });

/**
 * Stands in for Secrets Manager in the same way; its values are no JSON.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export const secretsManager: JsonService = {
  target: 'secretsmanager.',
  name: 'secretsmanager',
  actions: {
    GetSecretValue: (_, body, region) => {
      const { SecretId } = readRequest(secretRequest, body, 'ValidationException');
      const Name = SecretId.replace(/^arn:.*:secret:(.*?)(-[A-Za-z0-9]{6})?$/, '$1');
      return {
        ARN: `arn:aws:secretsmanager:${region}:000000000000:secret:${Name}-AbCdEf`,
        Name,
        SecretString: `sandbox-${Name}`,
        VersionStages: ['AWSCURRENT'],
      };
    },
  },
};
