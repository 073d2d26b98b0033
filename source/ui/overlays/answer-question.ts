import { type KeyContext, tell } from '../keys/key-context.ts';
import { editLine, lineOf } from '../prompt/line-edit.ts';
import type { Overlay } from '../view-state.ts';

type ConfirmOverlay = Extract<Overlay, { type: 'confirm' }>;

/** What a key does while something is asked. Where something has to be typed it may be a letter. */
export const answerQuestion = (context: KeyContext, overlay: ConfirmOverlay, key: string): void => {
  const { question } = overlay;
  if (question.toType !== undefined) {
    answerByTyping(context, overlay, question.toType, key);
    return;
  }
  if (key === 'y' || (key === 'enter' && !question.isDestructive)) accept(context, overlay);
  else if (key === 'n' || key === 'escape' || key === 'q' || key === 'enter') {
    decline(context, overlay);
  }
};

const answerByTyping = (
  context: KeyContext,
  overlay: ConfirmOverlay,
  toType: string,
  key: string,
): void => {
  const { view } = context.model;
  if (key === 'escape') {
    decline(context, overlay);
    return;
  }
  const { problem: _problem, ...rest } = overlay;
  if (key !== 'enter') {
    const typed = editLine(overlay.typed, key);
    if (typed !== undefined) view.dispatch({ type: 'open', overlay: { ...rest, typed } });
    return;
  }
  const answer = overlay.typed.text.trim();
  if (answer === toType) {
    accept(context, overlay);
    return;
  }
  const problem = answer === '' ? 'Only the name goes on' : `${answer} is not ${toType}`;
  view.dispatch({ type: 'open', overlay: { ...rest, typed: lineOf(''), problem } });
};

const accept = ({ model: { view } }: KeyContext, { question }: ConfirmOverlay): void => {
  view.dispatch({ type: 'close' });
  question.confirm();
};

const decline = (context: KeyContext, { question }: ConfirmOverlay): void => {
  context.model.view.dispatch({ type: 'close' });
  tell(context, 'good', question.declined);
};
