import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import * as z from 'zod';
import { projectFolder } from '../docs/pages.ts';

/** Why something that a page shows is not run by the test of the pages, and what covers it. */
type Reason = {
  readonly call: RegExp;
  readonly reason: string;
  /** A file, and what has to be in it. */
  readonly coveredBy: readonly [file: string, text: string];
};

const gate = '.ci/run';

/** What the pages show and the test does not run. All else runs. */
const reasons: readonly Reason[] = [
  {
    call: /^npm (?:install|ci)$/,
    reason: 'would take the packages away from what runs now',
    coveredBy: [gate, 'npm ci'],
  },
  {
    call: /^npm run test:docs$/,
    reason: 'is what runs now',
    coveredBy: [gate, '.ci/tests test:docs'],
  },
  { call: /^npm test$/, reason: 'takes minutes', coveredBy: [gate, '.ci/tests test\n'] },
  {
    call: /^npm run test:lab$/,
    reason: 'boots machines',
    coveredBy: [gate, '.ci/tests test:lab'],
  },
  {
    call: /^npm run (?:test:)?reliability\b/,
    reason: 'takes minutes',
    coveredBy: [gate, '.ci/tests test:reliability'],
  },
  {
    call: /^npm run test:(?:contract|package)$/,
    reason: 'installs things',
    coveredBy: [gate, '.ci/tests test:package'],
  },
  { call: /^npm run bench\b/, reason: 'takes minutes', coveredBy: [gate, 'npm run bench'] },
  {
    call: /^npm run (?:types|lint)$/,
    reason: 'takes long, and says the same',
    coveredBy: [gate, 'npm run --silent types'],
  },
  {
    call: /^npm run build$/,
    reason: 'would replace the program that runs now',
    coveredBy: ['package.json', '"prepare": "npm run build"'],
  },
];

/** Programs of which no page's statement may run the real one. */
export const standIns: readonly string[] = [
  ...['apt', 'apt-get', 'aws', 'curl', 'docker', 'gh', 'git', 'npx', 'systemctl', 'tar', 'wget'],
];

/**
 * Why calls that were stood in for need not run.
 *
 * @throws AssertionError for one without a reason, or whose cover is not there
 */
export const reasonsFor = async (calls: readonly string[]): Promise<readonly string[]> => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await readFile(new URL('package.json', projectFolder), 'utf8')));
  return Promise.all(
    calls.map(async (call) => {
      const known = reasons.find((each) => each.call.test(call));
      assert.ok(known, `${call}: nothing runs it, and nothing says why; see stand-ins.ts`);
      const [, script] = /^npm run (\S+)/.exec(call) ?? [];
      assert.ok(script === undefined || script in scripts, `there is no script: ${call}`);
      const [file, text] = known.coveredBy;
      const url = new URL(file, projectFolder);
      await access(url);
      assert.ok((await readFile(url, 'utf8')).includes(text), `${file} has no ${text}`);
      return `${call}: not run, because it ${known.reason}; ${file} has it`;
    }),
  );
};
