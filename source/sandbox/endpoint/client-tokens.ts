import { Ec2Failure, invalidValue } from './failure.ts';
import type { Parameters } from './parameters.ts';
import type { XmlFields } from './xml.ts';

type Remembered = { readonly fingerprint: string; readonly answer: Promise<XmlFields> };

/**
 * Answers by client token: a request that is repeated with its token gets the first one's answer.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Run_Instance_Idempotency.html
 */
export class ClientTokens {
  readonly #remembered = new Map<string, Remembered>();

  /**
   * Runs a request unless it ran before; failures are not remembered.
   *
   * @throws Ec2Failure `IdempotentParameterMismatch` for a token that another request has used
   */
  once(scope: string, parameters: Parameters, run: () => Promise<XmlFields>): Promise<XmlFields> {
    const token = parameters.text('ClientToken');
    if (token === undefined || token === '') return run();
    if (!/^[\x20-\x7e]{1,64}$/.test(token)) {
      throw invalidValue('Invalid client token: it must have at most 64 ASCII characters');
    }
    const key = `${scope} ${token}`;
    const fingerprint = parameters.fingerprint(['ClientToken', 'Version']);
    const remembered = this.#remembered.get(key);
    if (remembered !== undefined) {
      if (remembered.fingerprint === fingerprint) return remembered.answer;
      throw new Ec2Failure(
        'IdempotentParameterMismatch',
        'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
      );
    }
    const answer = run();
    this.#remembered.set(key, { fingerprint, answer });
    answer.catch(() => {
      this.#remembered.delete(key);
    });
    return answer;
  }
}
