// Takes out of dependencies, as they are bundled, what they load at every start and nothing uses.
import { readFile } from 'node:fs/promises';

/** Replaces text that has to be there: a new version of the package is to be looked at again. */
const replaceOnce = (text, before, after) => {
  if (!text.includes(before)) throw new Error(`no longer there: ${before}`);
  return text.replace(before, () => after);
};

/**
 * Objects whose keys are computed can have side effects, so that no bundler drops them. With the
 * keys written out, what stays of the shapes of EC2's 700 calls are those of the calls that are made.
 */
const writeKeysOut = (text) => {
  const names = new Map(
    [...text.matchAll(/^const (\w+) = ("[^"\n]*");$/gm)].map(([, name, value]) => [name, value]),
  );
  if (names.size === 0) throw new Error('no longer there: constants that name keys');
  return text.replace(/\[(\w+)\]:/g, (computed, name) =>
    names.has(name) ? `${names.get(name)}:` : computed,
  );
};

/** Of the 130 errors of Systems Manager none is told apart by its class: the SDK names the others. */
const withoutErrors = (text) => {
  const registration = /^n0_registry\.registerError\(.*\n/gm;
  if (!registration.test(text)) throw new Error('no longer there: registered errors');
  return writeKeysOut(text.replace(registration, ''));
};

/** meow gets the program's name from its caller: nothing looks for a package.json and mends it. */
const withoutPackages = (text) =>
  replaceOnce(
    replaceOnce(text, 'var normalizeExports = requireNormalize();', 'var normalizeExports;'),
    'promisify(execFile);',
    '',
  );

/** Its WebAssembly is in the file. Asking `fetch` for it loads all that Node has for HTTP. */
const withoutFetch = (text) => replaceOnce(text, '"function"!=typeof fetch', '!0');

/**
 * It takes 25 ms to compile the expression for all emoji. All of them have a code point that is
 * shown as one by itself, or a selector that asks for it, or enclose a key (UTS #51, ED-27).
 */
const withLateEmoji = (text) =>
  replaceOnce(
    text,
    'const rgiEmojiRegex = /^\\p{RGI_Emoji}$/v;',
    `const maybeEmojiRegex = /[\\p{Emoji_Presentation}\\u{FE0F}\\u{20E3}]/u;
let allEmojiRegex;
const rgiEmojiRegex = {
  test: (text) =>
    maybeEmojiRegex.test(text) &&
    (allEmojiRegex ??= new RegExp(String.raw\`^\\p{RGI_Emoji}$\`, 'v')).test(text),
};`,
  );

const changes = [
  [
    /client-(?:ec2|pricing|secrets-manager)[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/,
    writeKeysOut,
  ],
  [/client-ssm[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/, withoutErrors],
  [/meow[\\/]build[\\/]dependencies\.js$/, withoutPackages],
  [/yoga-layout[\\/]dist[\\/]binaries[\\/]yoga-wasm-base64-esm\.js$/, withoutFetch],
  [/string-width[\\/]index\.js$/, withLateEmoji],
];

/** @type {import('esbuild').Plugin} */
export const lighten = {
  name: 'lighten',
  setup({ onLoad }) {
    for (const [filter, change] of changes) {
      onLoad({ filter }, async ({ path }) => ({ contents: change(await readFile(path, 'utf8')) }));
    }
  },
};
