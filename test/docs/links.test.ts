import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { test } from 'node:test';
import { anchorsOf } from './anchors.ts';
import { type Page, projectFolder, proseOf, readPages } from './pages.ts';

/** What links and pictures of a page lead to inside of the project. */
const internalLinks = (page: Page): readonly string[] => {
  // Code in a line may look like a link.
  const prose = proseOf(page).replaceAll(/`[^`\n]*`/g, '');
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const references = [...prose.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)];
  const html = [...prose.matchAll(/<(?:a|img)\b[^>]*?\b(?:href|src)="([^"]+)"/g)];
  return [...inline, ...references, ...html]
    .map(([, link = '']) => link)
    .filter((link) => !/^(?:https?|mailto):/.test(link));
};

/** The links of the pages that lead nowhere. */
const deadLinks = async (pages: readonly Page[]): Promise<string[]> => {
  const dead: string[] = [];
  for (const page of pages) {
    for (const link of internalLinks(page)) {
      const [file = '', anchor] = link.split('#');
      const url = new URL(file, new URL(page.path, projectFolder));
      const target =
        file === ''
          ? page
          : pages.find(({ path }) => new URL(path, projectFolder).href === url.href);
      const isThere =
        target !== undefined ||
        (await access(url).then(
          () => true,
          () => false,
        ));
      const hasAnchor =
        anchor === undefined || (target !== undefined && anchorsOf(target).has(anchor));
      if (!isThere || !hasAnchor) dead.push(`${page.path}: ${link}`);
    }
  }
  return dead;
};

test('no link in the readme or the docs leads to a file or a heading that is not there', async () => {
  const pages = await readPages();
  assert.ok(pages.flatMap(internalLinks).length > 100);
  assert.deepEqual(await deadLinks(pages), []);
});

test('a link to a missing file, a missing heading or a missing picture is found', async () => {
  const text = [
    '# One `--thing`',
    '[a](#one---thing) [b](#two) [c](missing.md) ![d](images/missing.png)',
    '`[e](missing.md)` [f](https://example.com/missing) [g](ci.md#missing)',
    '```',
    '[h](missing.md)',
    '# Two',
    '```',
  ].join('\n');
  const others = await readPages();
  const dead = await deadLinks([{ path: 'docs/example.md', text }, ...others]);
  assert.deepEqual(
    dead.filter((each) => each.startsWith('docs/example.md')),
    ['#two', 'missing.md', 'images/missing.png', 'ci.md#missing'].map(
      (link) => `docs/example.md: ${link}`,
    ),
  );
});
