import type { KeyContext, ScreenSize } from '../keys/key-context.ts';
import type { Command } from '../keys/key-map.ts';
import { operateLog } from '../log-screen/operate-log.ts';
import type { Screen } from '../view-state.ts';
import { layOutNodePage } from './node-page.ts';
import { feedOf } from './open-node.ts';

type NodeScreen = Extract<Screen, { type: 'node' }>;

/** What keys do on this screen; false for commands that mean the same everywhere. */
export const nodeKeys = (
  context: KeyContext,
  screen: NodeScreen,
  command: Command,
  size: ScreenSize,
): boolean => {
  const { clock, fleet, view } = context.model;
  const isLogTall = screen.isLogTall === true;
  switch (command) {
    case 'next-node':
    case 'previous-node':
      goToNeighbour(context, screen, command === 'next-node' ? 1 : -1);
      return true;
    case 'pane':
      view.dispatch({ type: 'change-screen', screen: { ...screen, isLogTall: !isLogTall } });
      return true;
    default: {
      const { logHeight } = layOutNodePage(fleet.getState().nodes.get(screen.node), {
        ...context.model,
        now: clock.now(),
        width: size.columns,
        height: size.pageSize,
        isLogTall,
      });
      const log = { width: size.columns, height: logHeight };
      if (operateLog(context, { screen, command, size: log, name: screen.node })) return true;
      if (command !== 'close' || !isLogTall) return false;
      view.dispatch({ type: 'change-screen', screen: { ...screen, isLogTall: false } });
      return true;
    }
  }
};

/** Shows the node that stands next to this one in the table, and takes the cursor there too. */
const goToNeighbour = ({ model }: KeyContext, screen: NodeScreen, step: 1 | -1): void => {
  const { fleet, order, view } = model;
  const table = view.getState().fleet;
  const rows = order.rows(fleet.getState(), table);
  const index = rows.indexOf(screen.node);
  const node = rows[index < 0 ? 0 : (index + step + rows.length) % rows.length];
  if (node === undefined || node === screen.node) return;
  screen.feed.close();
  const { match: _match, source: _source, ...log } = screen.log;
  view.dispatch({ type: 'change-fleet', fleet: { ...table, selected: node } });
  view.dispatch({
    type: 'change-screen',
    screen: {
      ...screen,
      node,
      feed: feedOf(model, node),
      log: { ...log, isFollowing: true, top: 0, row: 0, shift: 0 },
    },
  });
};
