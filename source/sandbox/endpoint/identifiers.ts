import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Ec2Failure } from './failure.ts';

/** An id that nothing else has, in EC2's form: prefix and 17 hexadecimal digits. */
export const newId = (prefix: string): string => `${prefix}-0${randomBytes(8).toString('hex')}`;

/** An id in EC2's form that is the same every time for what is named. */
export const stableId = (prefix: string, ...name: string[]): string =>
  `${prefix}-0${createHash('sha256').update(name.join('\n')).digest('hex').slice(0, 16)}`;

/**
 * @param kind EC2's name of the resource in its error codes, such as `InstanceID`
 * @throws Ec2Failure `Invalid<kind>.Malformed` for what can't be an id of that kind
 */
export const checkForm = (kind: string, prefix: string, id: string): void => {
  if (!new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`).test(id)) {
    throw new Ec2Failure(
      `Invalid${kind}.Malformed`,
      `Invalid id: "${id}" (expecting "${prefix}-...")`,
    );
  }
};

/** An id for a fleet, which has a form of its own. */
export const newFleetId = (): string => `fleet-${randomUUID()}`;
