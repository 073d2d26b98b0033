import type { KeyContext } from '../keys/key-context.ts';
import type { Prompt } from '../view-state.ts';
import { editLine, insert, type LineEdit, lineOf } from './line-edit.ts';

/** What a key does while a line is typed. */
export const answerPrompt = (
  { model: { view } }: KeyContext,
  prompt: Prompt,
  key: string,
): void => {
  switch (key) {
    case 'escape':
      view.dispatch({ type: 'answered' });
      prompt.cancel?.();
      return;
    case 'enter': {
      view.dispatch({ type: 'answered' });
      const problem = prompt.submit(prompt.edit.text);
      if (problem !== undefined) view.dispatch({ type: 'ask', prompt: { ...prompt, problem } });
      return;
    }
    case 'up':
    case 'down':
      change(view, prompt, recall(prompt, key === 'up' ? 1 : -1));
      return;
    default:
      change(view, prompt, editLine(prompt.edit, key));
  }
};

/** Puts what was pasted into the line. */
export const pasteIntoPrompt = (
  view: KeyContext['model']['view'],
  prompt: Prompt,
  text: string,
): void => change(view, prompt, insert(prompt.edit, text));

const change = (
  view: KeyContext['model']['view'],
  prompt: Prompt,
  edit: LineEdit | undefined,
): void => {
  if (edit === undefined) return;
  const { problem: _problem, ...rest } = prompt;
  view.dispatch({ type: 'ask', prompt: { ...rest, edit } });
  if (edit.text !== prompt.edit.text) prompt.change?.(edit.text);
};

/** The answer that was given before, or after, the one in the line. */
const recall = ({ earlier, edit }: Prompt, step: 1 | -1): LineEdit | undefined => {
  const index = earlier.indexOf(edit.text) + step;
  if (index < -1) return undefined;
  return index === -1
    ? lineOf('')
    : earlier[index] === undefined
      ? undefined
      : lineOf(earlier[index]);
};
