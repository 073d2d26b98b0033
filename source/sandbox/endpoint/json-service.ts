import type * as z from 'zod';
import type { Cloud } from './cloud.ts';
import { authenticationFailure, credentialScope, type SignedService } from './credential-scope.ts';
import { Ec2Failure } from './failure.ts';

/** What the endpoint looks at of a request to a service that speaks JSON. */
export type JsonRequest = {
  readonly authorization: string | undefined;
  readonly userAgent: string;
  /** Such as `AWSPriceListService.GetProducts`. */
  readonly target: string;
  readonly body: string;
};

export type JsonAnswer = { readonly status: number; readonly body: unknown };

/** Another service behind the same address, which speaks JSON and not EC2's Query protocol. */
export type JsonService = {
  /** What the `X-Amz-Target` of its requests begins with. */
  readonly target: string;
  /** Its name in the scope of a signature. */
  readonly name: SignedService;
  /** What there is of its actions; they throw `Ec2Failure`. */
  readonly actions: Readonly<Record<string, JsonAction>>;
};

/** @param region The one that the request was signed for. */
export type JsonAction = (cloud: Cloud, body: unknown, region: string) => unknown;

/**
 * Answers a request to such a service.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export const answerJson = (
  cloud: Cloud,
  accessKeyId: string | undefined,
  service: JsonService,
  { authorization, body, target, userAgent }: JsonRequest,
): JsonAnswer => {
  const action = target.slice(service.target.length);
  const seen = { action, region: '', accessKeyId: '', userAgent };
  try {
    const scope = credentialScope(authorization, service.name);
    seen.region = scope.region;
    seen.accessKeyId = scope.accessKeyId;
    if (accessKeyId !== undefined && scope.accessKeyId !== accessKeyId) {
      throw authenticationFailure();
    }
    const refusal = cloud.faultRules.refusal(action, scope.region, cloud.clock.now());
    if (refusal !== undefined) throw refusal;
    const act = Object.hasOwn(service.actions, action) ? service.actions[action] : undefined;
    if (act === undefined) {
      throw new Ec2Failure('UnknownOperationException', `There is no ${action}`);
    }
    const answer = act(cloud, parse(body), scope.region);
    cloud.ledger.addCall({ ...seen, outcome: 'ok' });
    return { status: 200, body: answer };
  } catch (error) {
    if (!(error instanceof Ec2Failure)) throw error;
    cloud.ledger.addCall({ ...seen, outcome: error.code });
    return {
      status: error.status === 401 || error.status === 403 ? 400 : error.status,
      body: { __type: error.code, message: error.message },
    };
  }
};

/** @throws Ec2Failure with `code` where the body is not what the schema says. */
export const readRequest = <Request>(
  schema: z.ZodType<Request>,
  body: unknown,
  code: string,
): Request => {
  const request = schema.safeParse(body);
  if (request.success) return request.data;
  const [issue] = request.error.issues;
  throw new Ec2Failure(code, `${issue?.path.join('.')}: ${issue?.message ?? 'invalid'}`);
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new Ec2Failure('SerializationException', 'The request is no JSON');
  }
};
