import type { NodeState } from '../../fleet/state.ts';
import { createLiveFeed } from '../log-screen/live-feed.ts';
import { initialLogView } from '../log-screen/log-view.ts';
import { type KeyContext, tell } from './key-context.ts';
import { type NodeLog, nodeLogs } from './node-logs.ts';
import { describeNodes } from './targets.ts';

/** Asks which log of nodes is to be followed, and shows it; of several nodes in one. */
export const askWhichLog = (context: KeyContext, nodes: readonly NodeState[]): void => {
  const { actions, model } = context;
  if (actions === undefined) return;
  const names = nodes.map(({ name }) => name);
  const logs = nodeLogs(nodes);
  const options = logs.map(({ detail, title }, index) => ({
    ...(index < 9 ? { key: `${index + 1}` } : {}),
    label: title,
    detail,
  }));
  model.view.dispatch({
    type: 'open',
    overlay: {
      type: 'choose',
      cursor: 0,
      choice: {
        title: `Which log of ${describeNodes(names)}?`,
        options,
        choose(option) {
          const log = logs[options.indexOf(option)];
          if (log !== undefined) openLog(context, log, nodes);
        },
      },
    },
  });
};

/** Lines of the past that are asked for, of all nodes together. */
const pastLines = 2000;

const openLog = (context: KeyContext, log: NodeLog, nodes: readonly NodeState[]): void => {
  const { actions, model } = context;
  if (actions === undefined) return;
  const having = nodes.filter((node) => log.nodes.has(node.name));
  const names = having.map(({ name }) => name);
  const lines = Math.max(20, Math.floor(pastLines / names.length));
  const feed = createLiveFeed({ actions, nodes: names, source: log.source, lines });
  const whose = names.length === 1 ? names[0] : describeNodes(names);
  model.view.dispatch({
    type: 'show',
    screen: {
      type: 'log',
      title: `${log.title} ${model.theme.glyphs.separator} ${whose}`,
      nodes: names,
      feed,
      log: initialLogView,
    },
  });
  const without = nodes.length - having.length;
  if (without > 0) {
    tell(
      context,
      'warning',
      `${without} of the nodes ${without === 1 ? 'has' : 'have'} no ${log.title}`,
    );
  }
};
