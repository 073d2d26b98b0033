import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { listenOnLoopback } from '../loopback-server.ts';

/** A request to EC2 on its way to the sandbox. */
export type Crossing = {
  readonly action: string;
  readonly form: Readonly<Record<string, string>>;
};

/** What happens to a request where it crosses; a promise that never resolves loses it. */
export type Gate = {
  /** Before the sandbox gets it. */
  readonly before?: (crossing: Crossing) => Promise<void> | void;
  /** Once the sandbox has answered, before the answer goes on. */
  readonly after?: (crossing: Crossing) => Promise<void> | void;
  /** Another answer's content than the sandbox's. */
  readonly instead?: (crossing: Crossing) => string | undefined;
};

/** Stands between commands and the sandbox of a home, and lets them die or miss things exactly. */
export type SandboxCrossing = {
  gate: Gate;
  /** What the sandbox itself says of its past, with nobody in between. */
  launched(): Promise<{ readonly instanceId: string }[]>;
  /** Goes out of the way. */
  close(): Promise<void>;
};

/** Puts itself in front of the sandbox that runs in a home. */
export const crossSandbox = async (home: string): Promise<SandboxCrossing> => {
  const file = path.join(home, '.local/state/spot-tui/sandbox/sandbox.json');
  const address = JSON.parse(await readFile(file, 'utf8'));
  const target = String(address.url);
  const crossing: SandboxCrossing = {
    gate: {},
    launched: async () => {
      const answer = await fetch(`${target}/sandbox/ledger`, {
        headers: { authorization: `Bearer ${address.token}` },
      });
      const { entries }: { entries: { type: string; instanceId: string }[] } = JSON.parse(
        await answer.text(),
      );
      return entries.filter(({ type }) => type === 'launched');
    },
    close: async () => {
      await writeFile(file, JSON.stringify(address));
      await listening.close();
    },
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const form = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
    const passing = { action: form.Action ?? '', form };
    const { after, before, instead } = crossing.gate;
    await before?.(passing);
    const own = instead?.(passing);
    if (own !== undefined) {
      response.setHeader('content-type', 'text/xml;charset=UTF-8');
      response.end(`<${passing.action}Response>${own}</${passing.action}Response>`);
      return;
    }
    const { authorization, 'content-type': type, 'user-agent': agent } = request.headers;
    const answer = await fetch(target + request.url, {
      method: request.method ?? 'POST',
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(type === undefined ? {} : { 'content-type': type }),
        ...(agent === undefined ? {} : { 'user-agent': agent }),
      },
      ...(body.length === 0 ? {} : { body }),
    });
    const content = Buffer.from(await answer.arrayBuffer());
    await after?.(passing);
    response.statusCode = answer.status;
    response.setHeader('content-type', answer.headers.get('content-type') ?? 'text/xml');
    response.end(content);
  });
  const listening = await listenOnLoopback(server);
  const { url } = listening;
  await writeFile(file, JSON.stringify({ ...address, url }));
  return crossing;
};
