import type { DashboardModel } from '../dashboard-context.ts';
import type { KeyContext } from '../keys/key-context.ts';
import { initialLogView } from '../log-screen/log-view.ts';
import { createNodeFeed } from '../log-screen/node-feed.ts';

/** Shows the page of a node. */
export const openNode = ({ model }: Pick<KeyContext, 'model'>, node: string): void =>
  model.view.dispatch({
    type: 'show',
    screen: { type: 'node', node, feed: feedOf(model, node), log: initialLogView },
  });

/** The log of a node from the beginning of the run. */
export const feedOf = ({ fleet, readLog }: DashboardModel, node: string) =>
  createNodeFeed({ node, fleet, readLog });
