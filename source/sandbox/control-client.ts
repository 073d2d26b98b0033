import { request } from 'node:http';
import type { SandboxAddress } from './address-file.ts';
import { hasCode } from './has-code.ts';

/** What the process at an address said. */
export type ControlReply =
  | { readonly type: 'answer'; readonly status: number; readonly body: unknown }
  /** Nobody listens there. */
  | { readonly type: 'refused' }
  /** Somebody may be there, but does not speak, or not in time. */
  | { readonly type: 'silent' };

/** Milliseconds in which a sandbox answers even on a machine that has much to do. */
const patience = 5_000;

/** Asks the control interface of a sandbox something. Rejects only when the signal aborts. */
export const askControl = (
  address: Pick<SandboxAddress, 'url' | 'token'>,
  method: 'GET' | 'POST' | 'DELETE',
  route: string,
  options: { readonly body?: unknown; readonly signal?: AbortSignal | undefined } = {},
): Promise<ControlReply> => {
  const { promise, resolve, reject } = Promise.withResolvers<ControlReply>();
  const { signal } = options;
  signal?.throwIfAborted();
  const outgoing = request(`${address.url}/sandbox${route}`, {
    method,
    agent: false,
    timeout: patience,
    headers: { authorization: `Bearer ${address.token}` },
    ...(signal === undefined ? {} : { signal }),
  });
  outgoing.on('timeout', () => {
    resolve({ type: 'silent' });
    outgoing.destroy();
  });
  outgoing.on('error', (error) => {
    if (signal?.aborted === true) reject(signal.reason);
    // Anything else, such as a reset, may come from a sandbox that has too much to do: taken for
    // dead it would lose its fleet.
    else resolve({ type: hasCode(error, 'ECONNREFUSED') ? 'refused' : 'silent' });
  });
  outgoing.on('response', (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', () => resolve({ type: 'silent' }));
    response.on('end', () => {
      resolve({
        type: 'answer',
        status: response.statusCode ?? 0,
        body: parseJson(Buffer.concat(chunks).toString()),
      });
    });
  });
  outgoing.end(options.body === undefined ? undefined : JSON.stringify(options.body));
  return promise;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Another program may have got the port; what it says is no answer of a sandbox.
    return undefined;
  }
};
