import { lineOf } from '../prompt/line-edit.ts';
import { confirmRollout } from './confirm-action.ts';
import type { KeyContext } from './key-context.ts';
import { formatRollout, parseRollout, usualRollout } from './rollout-line.ts';
import { describeNodes, type Targets } from './targets.ts';

/** Asks in which stages files are pushed, then whether that is what is wanted. */
export const askForRollout = (context: KeyContext, targets: Targets): void =>
  context.model.view.dispatch({
    type: 'ask',
    prompt: {
      label: `Roll out to ${describeNodes(targets.nodes.map(({ name }) => name))}:`,
      edit: lineOf(formatRollout(usualRollout)),
      earlier: [],
      submit(text) {
        const answer = parseRollout(text);
        if ('problem' in answer) return answer.problem;
        confirmRollout(context, targets, answer.rollout);
        return undefined;
      },
    },
  });
