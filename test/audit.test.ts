import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const audit = fileURLToPath(new URL('../.ci/audit', import.meta.url));

/** What CI's audit comes to with a registry that answers so. */
const auditWith = async (
  context: TestContext,
  answer: RequestListener,
): Promise<{ readonly failed: boolean; readonly output: string }> => {
  const registry = createServer(answer).listen(0, '127.0.0.1');
  await once(registry, 'listening');
  context.after(() => {
    registry.close();
    registry.closeAllConnections();
  });
  const address = registry.address();
  assert(address !== null && typeof address === 'object');
  // npm remembers advisories.
  const cache = await mkdtemp(path.join(tmpdir(), 'spot-tui-audit-'));
  context.after(() => rm(cache, { recursive: true, force: true }));
  const env = {
    ...process.env,
    npm_config_cache: cache,
    npm_config_registry: `http://127.0.0.1:${address.port}/`,
    npm_config_fetch_retries: '0',
  };
  return new Promise((resolve) => {
    execFile(audit, { env }, (error, stdout, stderr) => {
      resolve({ failed: error !== null, output: stdout + stderr });
    });
  });
};

/** An advisory about every version of a package. */
const advisory = (severity: 'low' | 'high'): RequestListener => {
  const found = {
    id: 1,
    url: 'https://example.com/advisory',
    title: 'Reads what it should not',
    severity,
    vulnerable_versions: '*',
    cwe: [],
    cvss: { score: 0, vectorString: null },
  };
  return ({ method }, response) => {
    if (method === 'POST') response.end(JSON.stringify({ leven: [found] }));
    else response.writeHead(404).end();
  };
};

test('a serious advisory about a package fails the gate, and is shown', async (context) => {
  const { failed, output } = await auditWith(context, advisory('high'));
  assert.equal(failed, true, output);
  assert.match(output, /Reads what it should not/);
});

test('a slight one does not', async (context) => {
  const { failed, output } = await auditWith(context, advisory('low'));
  assert.equal(failed, false, output);
  assert.match(output, /nothing of level high/);
});

test('a registry that keeps no advisories fails nothing, and is named as the reason', async (context) => {
  const { failed, output } = await auditWith(context, (_request, response) => {
    response.writeHead(405).end();
  });
  assert.equal(failed, false, output);
  assert.match(output, /not audited: 405 Method Not Allowed/);
});
