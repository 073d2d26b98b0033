import assert from 'node:assert/strict';
import { Ec2Error } from '../../source/ec2/errors.ts';

/** The `Ec2Error` that the promise must reject with. */
export const rejection = async (promise: Promise<unknown>): Promise<Ec2Error> => {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof Ec2Error, `not an Ec2Error: ${String(error)}`);
    return error;
  }
  return assert.fail('it did not reject');
};
