import { pipelinePhases, sidePhases } from '../../events/phase.ts';
import { isTopic, type Topic, topics } from '../../events/topic.ts';
import { topicOfPhase } from '../../events/topic-of-phase.ts';
import { topicOfCheck } from '../../pipeline/checks/topic-of-check.ts';
import { closest } from '../closest.ts';
import { UsageError } from '../exit-status.ts';

/**
 * The topic that a word means: its name, the anchor of its heading on the page, or what is seen
 * when something is wrong: a phase, or a check.
 *
 * @throws UsageError
 */
export const findTopic = (word: string): Topic => {
  if (isTopic(word)) return word;
  const names = Object.keys(topics).filter(isTopic);
  const linked = names.find((name) => anchorOf(topics[name]) === word.replace(/^#/, ''));
  if (linked !== undefined) return linked;
  const phase = [...pipelinePhases, ...sidePhases].find((each) => each === word);
  if (phase !== undefined) return topicOfPhase(phase);
  const checked = topicOfCheck(word);
  if (checked !== 'own-checks') return checked;
  const nearest = closest(word, names);
  throw new UsageError(
    `there is no topic ${word}`,
    `${nearest === undefined ? '' : `Did you mean \`spot-tui explain ${nearest}\`? `}\`spot-tui explain\` lists the topics.`,
  );
};

/** What a link to a heading is called on GitHub. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');
