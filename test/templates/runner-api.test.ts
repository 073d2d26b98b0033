import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { type LoopbackServer, listenOnLoopback } from '../loopback-server.ts';
import { type ScriptResult, templates } from './stand-in-node.ts';

const script = path.join(templates, 'deployments/runner/scripts/runner-api.sh');
const skip =
  spawnSync('curl', ['--version']).error === undefined ? false : 'curl is not installed here';

/** What https://docs.github.com/en/rest/actions/self-hosted-runners shows, as far as it matters. */
const releases = ['x64', 'arm64', 'arm'].flatMap((architecture) =>
  ['osx', 'linux', 'win'].map((os) => ({
    os,
    architecture,
    download_url: `https://github.com/actions/runner/releases/download/v2/${os}-${architecture}.tar.gz`,
    filename: `${os}-${architecture}.tar.gz`,
    temp_download_token: 'secret',
    sha256_checksum: `sum-of-${os}-${architecture}`,
  })),
);

describe('GitHub’s REST API as the runner template asks it', { skip }, () => {
  let folder: string;
  let github: LoopbackServer;
  let asked: string[] = [];
  let indentation = 0;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'spot-tui-runner-api-'));
    github = await listenOnLoopback(
      createServer((request, response) => {
        asked.push(`${request.method} ${request.url}`);
        const allowed = request.headers.authorization === 'Bearer github_pat_good';
        const answer = request.url?.endsWith('/downloads')
          ? JSON.stringify(releases, undefined, indentation)
          : JSON.stringify({
              token: `${request.url}`,
              expires_at: '2026-01-22T12:13:35.123-08:00',
            });
        response.statusCode = allowed ? 201 : 401;
        response.end(allowed ? answer : '{"message":"Bad credentials"}');
      }),
    );
  });
  after(async () => {
    await github.close();
    await rm(folder, { recursive: true, force: true });
  });

  const run = async (
    words: readonly string[],
    { secret, url = 'https://github.com/someone/something' }: { secret: string; url?: string },
  ): Promise<ScriptResult> => {
    asked = [];
    const configuration = path.join(folder, 'runner.env');
    const shipped = await readFile(path.join(script, '../../config/runner.env'), 'utf8');
    await writeFile(configuration, `${shipped}\nRUNNER_URL=${url}\nRUNNER_API_URL=${github.url}\n`);
    await writeFile(path.join(folder, 'token'), secret);
    const child = spawn('sh', [script, ...words], {
      env: {
        PATH: process.env.PATH,
        RUNNER_CONFIGURATION: configuration,
        RUNNER_TOKEN_FILE: path.join(folder, 'token'),
      },
    });
    const [stdout, stderr, status] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve) => child.once('close', resolve)),
    ]);
    return { status, stdout, stderr };
  };

  test('a registration token is used as it is, and GitHub not asked', async () => {
    const { stdout, status } = await run(['token', 'registration'], { secret: 'AAAQ7LONGTOKEN\n' });
    assert.equal(status, 0);
    assert.equal(stdout, 'AAAQ7LONGTOKEN\n');
    assert.deepEqual(asked, []);
  });

  test('a personal access token fetches one, for a repository, an organisation, an enterprise', async () => {
    for (const [url, scope] of [
      ['https://github.com/someone/something', 'repos/someone/something'],
      ['https://github.com/someone', 'orgs/someone'],
      ['https://github.com/enterprises/someone/', 'enterprises/someone'],
    ] as const) {
      for (const kind of ['registration', 'remove']) {
        const { stderr, stdout } = await run(['token', kind], { secret: 'github_pat_good', url });
        assert.equal(stderr, '');
        assert.equal(stdout, `/${scope}/actions/runners/${kind}-token\n`);
        assert.deepEqual(asked, [`POST /${scope}/actions/runners/${kind}-token`]);
      }
    }
  });

  test('the release that GitHub wants comes with its sum', async () => {
    for (const architecture of ['x64', 'arm64']) {
      for (indentation of [0, 2]) {
        const { stdout } = await run(['current', architecture], { secret: 'github_pat_good' });
        assert.equal(
          stdout,
          `https://github.com/actions/runner/releases/download/v2/linux-${architecture}.tar.gz\nsum-of-linux-${architecture}\n`,
        );
      }
    }
  });

  test('a token that may not says so, and is not repeated', async () => {
    for (const words of [
      ['token', 'registration'],
      ['current', 'x64'],
    ]) {
      const { status, stderr, stdout } = await run(words, { secret: 'github_pat_bad' });
      assert.equal(status, 1);
      assert.equal(stdout, '');
      assert.match(stderr, /401[\s\S]*may the token administer runners of someone\/something\?/);
      assert.doesNotMatch(stderr, /github_pat_bad/);
    }
  });

  test('what was not filled in is said before anything is asked', async () => {
    const { status, stderr } = await run(['token', 'registration'], {
      secret: 'github_pat_good',
      url: 'https://github.com/OWNER/REPOSITORY',
    });
    assert.equal(status, 1);
    assert.match(stderr, /RUNNER_URL in config\/runner\.env names no repository yet/);
    assert.deepEqual(asked, []);
  });
});
