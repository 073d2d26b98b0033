import type { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import { isTopic, type Topic, topics } from '../../events/topic.ts';
import { hasColour } from '../../reporters/ci-colour.ts';
import { terminalWidth } from '../terminal-width.ts';
import { anchorOf } from './find-topic.ts';
import { markdownText } from './markdown-text.ts';
import { docsFolder, readSection } from './read-section.ts';

export type SectionTextOptions = {
  /** Absolute path of the folder of the built program. */
  readonly programFolder: string;
  /** NO_COLOR and TERM decide on colour together with the stream. */
  readonly environment: NodeJS.ProcessEnv;
  /** Where it will be read; undefined where no terminal is meant, whatever there is. */
  readonly stream: (Writable & Partial<Pick<WriteStream, 'columns' | 'isTTY'>>) | undefined;
};

/** Lines that are longer than this are hard to read, however wide the window is. */
const widest = 100;

/** Where there is no window. */
const usualWidth = 80;

/** A section of the page about trouble with its title, for people: no newline at its end. */
export const sectionText = async (
  topic: Topic,
  { environment, programFolder, stream }: SectionTextOptions,
): Promise<string> => {
  const { content, title } = await readSection(programFolder, topic);
  const look = stream !== undefined && hasColour(stream, environment) ? coloured : plain;
  const pages = new Set<string>();
  const lines = markdownText(content, {
    ...look,
    width: Math.min(terminalWidth(stream ?? {}) ?? usualWidth, widest),
    link: (text, target) => {
      const [page = '', anchor = ''] = target.split('#');
      if (page === '')
        return `${text} (${look.code(`spot-tui\u00A0explain\u00A0${topicAt(anchor)}`)})`;
      if (/^https?:/.test(page)) return text === target ? text : `${text} (${target})`;
      pages.add(page);
      return text;
    },
  });
  const more = `More in ${[...pages].join(', ')}: ${docsFolder(programFolder)}`;
  return [look.strong(title), '', ...lines, ...(pages.size === 0 ? [] : ['', more])].join('\n');
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

/** The section that a link within the page leads to. */
const topicAt = (anchor: string): Topic =>
  Object.keys(topics)
    .filter(isTopic)
    .find((topic) => anchorOf(topics[topic]) === anchor) ?? 'start';
