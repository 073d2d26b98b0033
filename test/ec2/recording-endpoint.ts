import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';

/** A request as EC2 gets it: the parsed form. */
export type RecordedRequest = {
  readonly action: string;
  readonly form: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
};

/** XML of the answer's content, an error, or a way to answer by hand. */
export type Answer =
  | string
  | { readonly code: string; readonly message: string; readonly status?: number }
  | { readonly raw: (response: ServerResponse) => void };

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
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no TCP address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    of,
    on: (action, handler) => answers.set(action, handler),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

/** Answers a request for an action. */
export const send = (response: ServerResponse, action: string, answer: Answer): void => {
  if (typeof answer === 'object' && 'raw' in answer) {
    answer.raw(response);
    return;
  }
  const requestId = '59dbff89-35bd-4eac-99ed-be587EXAMPLE';
  response.setHeader('content-type', 'text/xml;charset=UTF-8');
  if (typeof answer === 'string') {
    response.end(
      `<?xml version="1.0" encoding="UTF-8"?>` +
        `<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">` +
        `<requestId>${requestId}</requestId>${answer}</${action}Response>`,
    );
    return;
  }
  response.statusCode = answer.status ?? 400;
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>${answer.code}</Code>` +
      `<Message>${escapeXml(answer.message)}</Message></Error></Errors>` +
      `<RequestID>${requestId}</RequestID></Response>`,
  );
};

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
