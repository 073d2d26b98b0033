import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import ssh2 from 'ssh2';
import type { HostKey, HostKeySource } from '../../source/ssh/connection.ts';
import { describeHostKey } from '../../source/ssh/host-key.ts';
import { pinOnFirstUse } from '../../source/ssh/known-hosts.ts';
import { makeHostKey } from './odd-server.ts';

const { signal } = new AbortController();
let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'spot-tui-known-hosts-'));
  file = join(directory, 'state', 'known_hosts');
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const makeOffer = (): HostKey => {
  const parsed = ssh2.utils.parseKey(makeHostKey().public);
  if (parsed instanceof Error) throw parsed;
  return describeHostKey(parsed.getPublicSSH());
};

const reasonOf = async (source: HostKeySource, offer: HostKey): Promise<string> => {
  const verdict = await source(offer, signal);
  assert(!verdict.trusted);
  return verdict.reason;
};

test('the first key is trusted and pinned, and trusted again later', async () => {
  const offer = makeOffer();
  assert.deepEqual(await pinOnFirstUse(file, 'i-1')(offer, signal), { trusted: true });
  assert.deepEqual(await pinOnFirstUse(file, 'i-1')(offer, signal), { trusted: true });

  assert.equal(await readFile(file, 'utf8'), `i-1 ${offer.line}\n`);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
});

test('another key is refused, with both fingerprints, the file, and what to do', async () => {
  const [pinned, other] = [makeOffer(), makeOffer()];
  await pinOnFirstUse(file, 'i-1')(pinned, signal);
  const verdict = await pinOnFirstUse(file, 'i-1')(other, signal);

  assert(!verdict.trusted);
  assert(verdict.reason.includes(pinned.fingerprint));
  assert(verdict.reason.includes(other.fingerprint));
  assert(verdict.reason.includes(file));
  assert(verdict.hint.includes(`ssh-keygen -R i-1 -f ${file}`));
  assert.equal(await readFile(file, 'utf8'), `i-1 ${pinned.line}\n`);
});

test('the hint works: after it the new key can be pinned', async () => {
  await pinOnFirstUse(file, 'i-1')(makeOffer(), signal);
  execFileSync('ssh-keygen', ['-R', 'i-1', '-f', file], { stdio: 'ignore' });

  assert.deepEqual(await pinOnFirstUse(file, 'i-1')(makeOffer(), signal), { trusted: true });
});

test('other nodes have other keys, also where one name begins like another', async () => {
  const offers = [makeOffer(), makeOffer(), makeOffer()];
  for (const [index, alias] of ['i-1', 'i-12', 'i-123'].entries()) {
    const offer = offers[index];
    assert(offer);
    assert.deepEqual(await pinOnFirstUse(file, alias)(offer, signal), { trusted: true });
  }
  assert.match(await reasonOf(pinOnFirstUse(file, 'i-12'), makeOffer()), /has changed/);
});

test('a better source than the first sight decides about the first key, and only about that', async () => {
  const [good, bad] = [makeOffer(), makeOffer()];
  let asked = 0;
  const source = pinOnFirstUse(file, 'i-1', async (offered) => {
    asked += 1;
    return offered.line === good.line
      ? { trusted: true }
      : { trusted: false, reason: 'not on the console', hint: 'wait' };
  });

  assert.equal(await reasonOf(source, bad), 'not on the console');
  assert.deepEqual(await source(good, signal), { trusted: true });
  assert.deepEqual(await source(good, signal), { trusted: true });
  assert.match(await reasonOf(source, bad), /has changed/);
  assert.equal(asked, 2);
});

test('keys, comments and markers that people put into the file are understood', async () => {
  const [offer, revoked, authority] = [makeOffer(), makeOffer(), makeOffer()];
  await mkdir(join(directory, 'state'));
  await writeFile(
    file,
    [
      '# pinned by hand',
      '',
      `@revoked * ${revoked.line}`,
      `@revoked i-2 ${revoked.line}`,
      `@cert-authority i-1 ${authority.line}`,
      `  i-0,i-1\t${offer.line} a comment`,
      'i-1 half-a-line',
    ].join('\n'),
  );

  assert.deepEqual(await pinOnFirstUse(file, 'i-1')(offer, signal), { trusted: true });
  assert.match(await reasonOf(pinOnFirstUse(file, 'i-1'), authority), /has changed/);
  assert.match(await reasonOf(pinOnFirstUse(file, 'i-2'), revoked), /revoked/);
});

test('a file that was left with half a line is continued on a line of its own', async () => {
  const offer = makeOffer();
  await mkdir(join(directory, 'state'));
  await writeFile(file, 'i-0 ssh-ed25519 AAAA');
  await pinOnFirstUse(file, 'i-1')(offer, signal);

  assert.equal(await readFile(file, 'utf8'), `i-0 ssh-ed25519 AAAA\ni-1 ${offer.line}\n`);
});

test('many connections pin at once without losing a line', async () => {
  const offer = makeOffer();
  const aliases = Array.from({ length: 200 }, (_, index) => `i-${index}`);
  await Promise.all(aliases.map((alias) => pinOnFirstUse(file, alias)(offer, signal)));

  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  assert.deepEqual(lines.toSorted(), aliases.map((alias) => `${alias} ${offer.line}`).toSorted());
});

test('of two that pin different keys at once only one is trusted', async () => {
  const offers = [makeOffer(), makeOffer(), makeOffer(), makeOffer()];
  const verdicts = await Promise.all(
    offers.map((offer) => pinOnFirstUse(file, 'i-1')(offer, signal)),
  );
  assert.equal(verdicts.filter((verdict) => verdict.trusted).length, 1);

  const later = await Promise.all(offers.map((offer) => pinOnFirstUse(file, 'i-1')(offer, signal)));
  assert.deepEqual(
    later.map((verdict) => verdict.trusted),
    verdicts.map((verdict) => verdict.trusted),
  );
});

test('OpenSSH finds the pins', async () => {
  const offer = makeOffer();
  await pinOnFirstUse(file, 'i-0abc')(offer, signal);
  const child = spawn('ssh-keygen', ['-F', 'i-0abc', '-f', file]);
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  const [code] = await once(child, 'close');

  assert.equal(code, 0);
  assert(Buffer.concat(output).toString().includes(offer.line));
});

test('a folder that can’t be made is an error, not trust', async () => {
  await writeFile(join(directory, 'state'), 'a file in the way');
  await assert.rejects(async () => pinOnFirstUse(file, 'i-1')(makeOffer(), signal), {
    code: /ENOTDIR|EEXIST/,
  });
});
