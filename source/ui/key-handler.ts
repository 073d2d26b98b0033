import type { FleetActions, SshCommand } from '../fleet/actions.ts';
import type { NodeState } from '../fleet/state.ts';
import type { DashboardModel } from './dashboard-context.ts';
import { type Command, commandOf, type NodeCommand } from './key-map.ts';
import type { DashboardOutcome } from './outcome.ts';
import { refusal } from './refusal.ts';
import type { Feedback, Overlay } from './view-state.ts';

export type KeyHandlerOptions = {
  readonly model: DashboardModel;
  /** Absent where nothing can be acted on: in a recording. */
  readonly actions: FleetActions | undefined;
  /** Whether this process runs the pipeline of the node. */
  readonly isDriven: (node: string) => boolean;
  /** Hands the terminal to a shell on the node and tells how that ended. */
  readonly openShell: (node: NodeState, command: SshCommand) => Promise<Feedback>;
  /** Draws the whole screen again. */
  readonly redraw: () => Promise<void>;
  readonly leave: (outcome: DashboardOutcome) => void;
};

/** What the handler has to know of the screen. */
export type Screen = {
  /** Rows of the table. */
  readonly pageSize: number;
  /** Whether the window only has room to say that it is too small. */
  readonly isTooSmall: boolean;
};

/** What ctrl-c and SIGINT do: the first says what keeps running, the second leaves at once. */
export const interrupt = (
  { view }: DashboardModel,
  leave: (outcome: DashboardOutcome) => void,
): void => {
  if (view.getState().overlay?.type === 'leave') leave({ type: 'interrupted', signal: 'SIGINT' });
  else view.dispatch({ type: 'open', overlay: { type: 'leave' } });
};

/** A function that does what a key stands for, given its name in the key map. */
export const createKeyHandler = (options: KeyHandlerOptions) => {
  const { model, actions, leave } = options;
  const { fleet, view, order } = model;

  const tell = (tone: Feedback['tone'], text: string) => {
    view.dispatch({ type: 'tell', feedback: { tone, text } });
  };

  const selectedName = () => order.selected(fleet.getState(), view.getState().selected);

  const moveTo = (index: (current: number, count: number) => number) => {
    const rows = order.rows(fleet.getState(), view.getState().ordering);
    const current = rows.indexOf(selectedName() ?? '');
    const target = Math.max(0, Math.min(rows.length - 1, index(current, rows.length)));
    const node = rows[target];
    if (node !== undefined) view.dispatch({ type: 'select', node });
  };

  const act = (command: NodeCommand) => {
    const node = fleet.getState().nodes.get(selectedName() ?? '');
    if (node === undefined) return tell('warning', 'There is no node to act on yet');
    if (actions === undefined)
      return tell('warning', `This is a recording: ${command} needs a fleet`);
    const reason = refusal(command, node, options.isDriven(node.name), model.commandLine);
    if (reason !== undefined) return tell('warning', reason);
    switch (command) {
      case 'configure':
      case 'push':
      case 'retry':
        actions[command]([node.name]);
        return tell('good', `${command} sent to ${node.name}`);
      case 'terminate':
        return view.dispatch({ type: 'open', overlay: { type: 'terminate', node: node.name } });
      case 'ssh': {
        const ssh = actions.sshCommand(node.name);
        if (ssh === undefined) return tell('warning', `${node.name} can't be reached by SSH yet`);
        const failed = (error: unknown): Feedback => ({
          tone: 'bad',
          text: `ssh to ${node.name} did not start: ${String(error)}`,
        });
        void options
          .openShell(node, ssh)
          .catch(failed)
          .then((feedback) => view.dispatch({ type: 'tell', feedback }));
        return undefined;
      }
      default:
        return command satisfies never;
    }
  };

  const perform = (command: Command, { pageSize }: Screen) => {
    switch (command) {
      case 'up':
        return moveTo((current) => current - 1);
      case 'down':
        return moveTo((current) => current + 1);
      case 'page-up':
        return moveTo((current) => current - pageSize);
      case 'page-down':
        return moveTo((current) => current + pageSize);
      case 'first':
        return moveTo(() => 0);
      case 'last':
        return moveTo((_current, count) => count - 1);
      case 'ssh':
      case 'configure':
      case 'push':
      case 'retry':
      case 'terminate':
        return act(command);
      case 'pane':
        return view.dispatch({ type: 'toggle-pane' });
      case 'order':
        view.dispatch({ type: 'toggle-ordering' });
        return tell(
          'good',
          view.getState().ordering === 'name'
            ? 'Nodes by name'
            : 'Nodes that need attention first, then by name',
        );
      case 'notices':
      case 'help':
        return view.dispatch({ type: 'open', overlay: { type: command } });
      case 'redraw':
        return void options.redraw();
      case 'close':
        if (view.getState().isPaneTall) view.dispatch({ type: 'toggle-pane' });
        return undefined;
      case 'quit':
        return leave({ type: 'quit' });
      case 'interrupt':
        return undefined;
      default:
        return command satisfies never;
    }
  };

  const answer = (overlay: Overlay, key: string) => {
    const command = commandOf(key);
    const close = () => view.dispatch({ type: 'close' });
    switch (overlay.type) {
      case 'help':
      case 'notices':
        if (command === overlay.type || key === 'escape' || key === 'q' || key === 'enter') close();
        return;
      case 'terminate':
        if (key === 'y') {
          close();
          actions?.terminate([overlay.node]);
          tell('good', `terminate sent to ${overlay.node}`);
        } else if (key === 'n' || key === 'escape' || key === 'q' || key === 'enter') {
          close();
          tell('good', `${overlay.node} stays`);
        }
        return;
      case 'leave':
        if (key === 'q' || key === 'y') leave({ type: 'quit' });
        else if (key === 'n' || key === 'escape') close();
        return;
      default:
        overlay satisfies never;
    }
  };

  return (key: string, screen: Screen): void => {
    const { overlay, selected } = view.getState();
    const command = commandOf(key);
    if (command === 'interrupt') {
      interrupt(model, leave);
      return;
    }
    // What can't be seen must not be answered.
    if (screen.isTooSmall) {
      if (command === 'quit') leave({ type: 'quit' });
      return;
    }
    if (overlay !== undefined) {
      answer(overlay, key);
      return;
    }
    // From the first key on the selection stays with the node that it is on.
    const node = selectedName();
    if (node !== undefined && node !== selected) view.dispatch({ type: 'select', node });
    if (command !== undefined) perform(command, screen);
  };
};
