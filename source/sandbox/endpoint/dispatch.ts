import { randomUUID } from 'node:crypto';
import { actions } from './actions.ts';
import type { Action, Call } from './call.ts';
import type { ClientTokens } from './client-tokens.ts';
import type { Cloud } from './cloud.ts';
import { authenticationFailure, credentialScope } from './credential-scope.ts';
import { dryRunSucceeded, Ec2Failure, missingParameter, notImplemented } from './failure.ts';
import { Parameters } from './parameters.ts';
import { answerDocument, failureDocument, type XmlFields } from './xml.ts';

/** What the endpoint looks at of an HTTP request. */
export type Ec2Request = {
  readonly authorization: string | undefined;
  readonly userAgent: string;
  readonly body: string;
};

export type Ec2Answer = { readonly status: number; readonly document: string };

/** Answers one request to EC2. Everything that goes wrong becomes an answer as well. */
export const dispatch = async (
  cloud: Cloud,
  clientTokens: ClientTokens,
  accessKeyId: string | undefined,
  request: Ec2Request,
): Promise<Ec2Answer> => {
  const requestId = randomUUID();
  const parameters = Parameters.parse(request.body);
  const action = parameters.text('Action') ?? '';
  const seen = { action, region: '', accessKeyId: '', userAgent: request.userAgent };
  try {
    const scope = credentialScope(request.authorization);
    seen.region = scope.region;
    seen.accessKeyId = scope.accessKeyId;
    if (accessKeyId !== undefined && scope.accessKeyId !== accessKeyId) {
      throw authenticationFailure();
    }
    const region = cloud.region(scope.region);
    const refusal = cloud.faultRules.refusal(action, region.name, cloud.clock.now());
    if (refusal !== undefined) throw refusal;
    const fields = await answer(clientTokens, { cloud, region, action, parameters, caller: seen });
    cloud.ledger.addCall({ ...seen, outcome: 'ok' });
    return { status: 200, document: answerDocument(action, requestId, fields) };
  } catch (error) {
    const failure = error instanceof Ec2Failure ? error : internalError(cloud, action, error);
    cloud.ledger.addCall({ ...seen, outcome: failure.code });
    return {
      status: failure.status,
      document: failureDocument(failure.code, failure.message, requestId),
    };
  }
};

const answer = async (clientTokens: ClientTokens, call: Call): Promise<XmlFields> => {
  const { action, parameters, region } = call;
  if (action === '') throw missingParameter('Action');
  const handle = actions.get(action);
  if (handle === undefined) {
    throw new Ec2Failure(
      'InvalidAction',
      `The action ${action} is not valid for this web service.`,
    );
  }
  parameters.accept('Version', 'ClientToken');
  if (parameters.flag('DryRun') === true) {
    check(handle, call);
    throw dryRunSucceeded();
  }
  return clientTokens.once(`${region.name} ${action}`, parameters, async () =>
    check(handle, call)(),
  );
};

/** Lets an action check its request, and refuses what it didn't look at. */
const check = (handle: Action, call: Call): ReturnType<Action> => {
  const effect = handle(call);
  const [unread] = call.parameters.unread();
  if (unread !== undefined) throw notImplemented(`the parameter ${unread} of ${call.action}`);
  return effect;
};

const internalError = (cloud: Cloud, action: string, error: unknown): Ec2Failure => {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  cloud.ledger.add({ type: 'trouble', message: `${action}: ${detail}` });
  return new Ec2Failure('InternalError', 'An internal error has occurred', 500);
};
