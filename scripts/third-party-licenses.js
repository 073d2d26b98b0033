// The licences of the packages that a build bundles: most ask for their text wherever they go.
import { readdir, readFile } from 'node:fs/promises';

/** Folder of the package that a bundled file belongs to; of the innermost, if they are nested. */
const packageFolder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

const isNotice = /^(?:licen[cs]e|copying|notice)/i;

const readPackage = async (folder) => {
  const manifest = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
  // The list is how npm wanted it until 2014.
  const { name, version, license = manifest.licenses?.[0]?.type ?? 'unknown' } = manifest;
  const files = (await readdir(folder)).filter((file) => isNotice.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(`${folder}/${file}`, 'utf8')));
  return {
    title: `${name} ${version} (${license})`,
    text: texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n'),
  };
};

/**
 * @param metafile What esbuild says of a build.
 * @returns A text: of each licence the packages, one a line as `- name version (SPDX)`, then its words.
 */
export const thirdPartyLicenses = async ({ outputs }) => {
  const bundled = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) =>
      bytesInOutput > 0 ? (packageFolder.exec(file)?.[0] ?? []) : [],
    ),
  );
  const packages = await Promise.all([...new Set(bundled)].sort().map(readPackage));
  const titles = new Map();
  for (const { title, text } of packages) {
    titles.set(text, [...new Set([...(titles.get(text) ?? []), title])]);
  }
  const sections = [...titles].map(([text, together]) =>
    [
      ...together.map((title) => `- ${title}`),
      '',
      text === '' ? 'Comes without a text of its own; its package.json names the licence.' : text,
    ].join('\n'),
  );
  return `spot-tui contains the following packages, under the licences that stand below them.\n\n${sections.join(`\n\n${'='.repeat(80)}\n\n`)}\n`;
};
