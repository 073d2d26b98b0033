import { topics } from '../events/topic.ts';
import type { RunCommand } from './command.ts';
import { exitStatus } from './exit-status.ts';
import { findTopic } from './explain/find-topic.ts';

/** Prints a section of the page about trouble, or which ones there are. */
export const run: RunCommand = async ({ environment, options, programFolder, stdout, words }) => {
  const [word] = words;
  if (word === undefined) {
    const known = Object.entries(topics).map(([topic, title]) => ({ topic, title }));
    stdout.write(options.json ? `${JSON.stringify({ topics: known })}\n` : topicList());
    return exitStatus.success;
  }
  const topic = findTopic(word);
  // What reads Markdown is for this alone: the commands that are loaded along need none of it.
  const { sectionText } = await import('./explain/section-text.ts');
  const stream = options.json ? undefined : stdout;
  const text = await sectionText(topic, { environment, programFolder, stream });
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
