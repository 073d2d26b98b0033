import { styleText } from 'node:util';
import { isTopic, type Topic, topics } from '../events/topic.ts';
import { hasColour } from '../reporters/ci-colour.ts';
import type { Invocation, RunCommand } from './command.ts';
import { exitStatus } from './exit-status.ts';
import { anchorOf, findTopic } from './explain/find-topic.ts';
import { markdownText } from './explain/markdown-text.ts';
import { docsFolder, readSection } from './explain/read-section.ts';
import { terminalWidth } from './terminal-width.ts';

/** Lines that are longer than this are hard to read, however wide the window is. */
const widest = 100;

/** Where there is no window. */
const usualWidth = 80;

/** Prints a section of the page about trouble, or which ones there are. */
export const run: RunCommand = async (invocation) => {
  const { options, stdout, words } = invocation;
  const [word] = words;
  if (word === undefined) {
    const known = Object.entries(topics).map(([topic, title]) => ({ topic, title }));
    stdout.write(options.json ? `${JSON.stringify({ topics: known })}\n` : topicList());
    return exitStatus.success;
  }
  const topic = findTopic(word);
  const text = await sectionText(invocation, topic);
  stdout.write(
    options.json ? `${JSON.stringify({ topic, title: topics[topic], text })}\n` : `${text}\n`,
  );
  return exitStatus.success;
};

const topicList = (): string => {
  const rows = Object.entries(topics);
  const width = Math.max(...rows.map(([topic]) => topic.length));
  return [
    ...rows.map(([topic, title]) => `${topic.padEnd(width)}  ${title}`),
    '',
    'Read one with `spot-tui explain TOPIC`. Begin with `start` if you have never seen the fleet.',
    '',
  ].join('\n');
};

const asItIs = (text: string): string => text;

const plain = {
  strong: asItIs,
  lead: (text: string) => text.toUpperCase(),
  code: (text: string) => `\`${text}\``,
  codeLine: asItIs,
};

const styled =
  (format: 'bold' | 'cyan') =>
  (text: string): string =>
    styleText(format, text, { validateStream: false });

const coloured = {
  strong: styled('bold'),
  lead: styled('bold'),
  code: styled('cyan'),
  codeLine: styled('cyan'),
};

/** As Markdown has no place in a terminal, and colour none in a file or in JSON. */
const sectionText = async (
  { environment, options, programFolder, stdout }: Invocation,
  topic: Topic,
): Promise<string> => {
  const { content, title } = await readSection(programFolder, topic);
  const isColoured = !options.json && hasColour(stdout, environment);
  const look = isColoured ? coloured : plain;
  const pages = new Set<string>();
  const lines = markdownText(content, {
    ...look,
    width: Math.min(terminalWidth(stdout) ?? usualWidth, widest),
    link: (text, target) => {
      const [page = '', anchor = ''] = target.split('#');
      if (page === '')
        return `${text} (${look.code(`spot-tui\u00A0explain\u00A0${topicAt(anchor)}`)})`;
      if (/^https?:/.test(page)) return text === target ? text : `${text} (${target})`;
      pages.add(page);
      return text;
    },
  });
  return [
    look.strong(title),
    '',
    ...lines,
    ...(pages.size === 0 ? [] : ['', pagesLine([...pages], docsFolder(programFolder))]),
  ].join('\n');
};

/** The section that a link within the page leads to. */
const topicAt = (anchor: string): Topic =>
  Object.keys(topics)
    .filter(isTopic)
    .find((topic) => anchorOf(topics[topic]) === anchor) ?? 'start';

const pagesLine = (pages: readonly string[], folder: string): string =>
  `More in ${pages.join(', ')}: ${folder}`;
