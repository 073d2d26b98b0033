import { createServer, type ServerResponse } from 'node:http';
import { listenOnLoopback } from '../loopback-server.ts';

/** A request as EC2 gets it: the parsed form. */
export type RecordedRequest = {
  readonly action: string;
  readonly form: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
};

/** XML of the answer's content, or an error. */
export type WrittenAnswer =
  | string
  | { readonly code: string; readonly message: string; readonly status?: number };

/** The same, or a way to answer by hand. */
export type Answer = WrittenAnswer | { readonly raw: (response: ServerResponse) => void };

/** An answer as it is sent. */
export type Reply = { readonly status: number; readonly document: string };

/** `nth` counts this action's requests from 0. */
export type Handler = (
  form: Readonly<Record<string, string>>,
  nth: number,
  request: RecordedRequest,
) => Answer;

export type RecordingEndpoint = {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** The recorded requests of one action. */
  of(action: string): RecordedRequest[];
  /** Replaces what an action answers. */
  on(action: string, handler: Handler | Answer): void;
  close(): Promise<void>;
};

/**
 * Speaks the EC2 Query protocol on a random port of the loopback interface and keeps every request.
 *
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-query-api.html
 */
export const startRecordingEndpoint = async (
  handlers: Readonly<Record<string, Handler | Answer>> = {},
): Promise<RecordingEndpoint> => {
  const requests: RecordedRequest[] = [];
  const answers = new Map<string, Handler | Answer>(Object.entries(handlers));
  const of = (action: string) => requests.filter((request) => request.action === action);
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
    const action = form.Action ?? '';
    const nth = of(action).length;
    const recorded: RecordedRequest = { action, form, headers: request.headers };
    requests.push(recorded);
    const handler = answers.get(action) ?? {
      code: 'InvalidAction',
      message: `The action ${action} is not valid for this web service.`,
    };
    send(response, action, typeof handler === 'function' ? handler(form, nth, recorded) : handler);
  });
  const { close, url } = await listenOnLoopback(server);
  return {
    url,
    requests,
    of,
    on: (action, handler) => answers.set(action, handler),
    close,
  };
};

/** Answers a request for an action. */
const send = (response: ServerResponse, action: string, answer: Answer): void => {
  if (typeof answer === 'object' && 'raw' in answer) {
    answer.raw(response);
    return;
  }
  const { document, status } = replyOf(action, answer);
  response.writeHead(status, { 'content-type': 'text/xml;charset=UTF-8' });
  response.end(document);
};

const requestId = '59dbff89-35bd-4eac-99ed-be587EXAMPLE';

/** An answer to an action in EC2's form. */
export const replyOf = (action: string, answer: WrittenAnswer): Reply =>
  typeof answer === 'string'
    ? {
        status: 200,
        document:
          `<?xml version="1.0" encoding="UTF-8"?>` +
          `<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">` +
          `<requestId>${requestId}</requestId>${answer}</${action}Response>`,
      }
    : {
        status: answer.status ?? 400,
        document:
          `<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error>` +
          `<Code>${answer.code}</Code><Message>${escapeXml(answer.message)}</Message>` +
          `</Error></Errors><RequestID>${requestId}</RequestID></Response>`,
      };

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
