import type { NodeState } from '../../fleet/state.ts';
import { type KeyContext, tell } from './key-context.ts';

/** Shows where the AWS console has nodes: as links, and as text for terminals without links. */
export const openConsole = (context: KeyContext, nodes: readonly NodeState[]): void => {
  const { actions, model } = context;
  const links = nodes.flatMap(({ name }) => {
    const url = actions?.consoleLink(name);
    return url === undefined ? [] : [{ node: name, url }];
  });
  if (links.length === 0) {
    tell(context, 'warning', 'This fleet has no console: only EC2 itself has one');
    return;
  }
  model.view.dispatch({ type: 'open', overlay: { type: 'links', links } });
};
