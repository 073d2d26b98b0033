import type { Rollout } from '../../fleet/actions.ts';

/** What a rollout is unless somebody says otherwise. */
export const usualRollout: Rollout = { canary: 1, batchSize: 5, maxFailures: 1 };

/** A rollout as it is typed: `canary 1, batches of 5, stop at 1 failure`. */
export const formatRollout = ({ batchSize, canary, maxFailures }: Rollout): string =>
  [
    canary === 0 ? 'no canary' : `canary ${canary}`,
    `batches of ${batchSize}`,
    `stop at ${maxFailures} ${maxFailures === 1 ? 'failure' : 'failures'}`,
  ].join(', ');

/**
 * Reads a rollout as people type one: parts in any order, each by a word and a number, with words
 * around them that say nothing more. What is not said is as usual.
 *
 * @returns what was meant, or what can't be read
 */
export const parseRollout = (
  line: string,
): { readonly rollout: Rollout } | { readonly problem: string } => {
  let rollout = usualRollout;
  for (const part of line.toLowerCase().split(/[,;]|\band\b|\bthen\b/)) {
    const text = part.trim();
    if (text === '') continue;
    const name = partNames.find(({ pattern }) => pattern.test(text))?.name;
    const number = name === 'canary' && /\b(no|without)\b/.test(text) ? 0 : numberIn(text);
    if (name === undefined) {
      return { problem: `"${text}" is no canary, batch or failure` };
    }
    if (number === undefined) return { problem: `how many? "${text}"` };
    if (number === 0 && name !== 'canary') {
      return { problem: `"${text}": 1 at least` };
    }
    rollout = { ...rollout, [name]: number };
  }
  return { rollout };
};

/** The order matters: `stop the batches at 2 failures` is about failures. */
const partNames: readonly { readonly name: keyof Rollout; readonly pattern: RegExp }[] = [
  { name: 'maxFailures', pattern: /\b(stop|end|fail)/ },
  { name: 'canary', pattern: /\b(canar|first)/ },
  { name: 'batchSize', pattern: /\b(batch|group|at a time|at once)/ },
];

const numberIn = (text: string): number | undefined => {
  const numbers = text.match(/-?[\d.]+%?/g) ?? [];
  const [number] = numbers;
  return numbers.length === 1 && number !== undefined && /^\d{1,6}$/.test(number)
    ? Number(number)
    : undefined;
};
