import { actionKeys } from '../actions-screen/action-keys.ts';
import type { DashboardModel } from '../dashboard-context.ts';
import { fleetKeys } from '../fleet-screen/fleet-keys.ts';
import { createFixedFeed } from '../log-screen/fixed-feed.ts';
import { logKeys } from '../log-screen/log-keys.ts';
import { initialLogView } from '../log-screen/log-view.ts';
import { nodeKeys } from '../node-screen/node-keys.ts';
import type { DashboardOutcome } from '../outcome.ts';
import { outputKeys } from '../output-screen/output-keys.ts';
import { answerOverlay } from '../overlays/answer-overlay.ts';
import { answerPrompt } from '../prompt/answer-prompt.ts';
import { screenName } from '../view-state.ts';
import { actOnNodes } from './act-on-nodes.ts';
import { askForLaunch } from './ask-for-launch.ts';
import { type KeyContext, type ScreenSize, tell } from './key-context.ts';
import type { Command } from './key-map.ts';

/** What ctrl-c and SIGINT do: the first says what keeps running, the second leaves at once. */
export const interrupt = (
  { view }: DashboardModel,
  leave: (outcome: DashboardOutcome) => void,
): void => {
  if (view.getState().overlay?.type === 'leave') leave({ type: 'interrupted', signal: 'SIGINT' });
  else view.dispatch({ type: 'open', overlay: { type: 'leave' } });
};

/**
 * Does what a key stands for, given its name in the key map: what lies on top hears of it first.
 * An overlay, a line that is typed, then the visible screen, then what is the same everywhere.
 */
export const handleKey = (context: KeyContext, key: string, size: ScreenSize): void => {
  const { leave, model } = context;
  const { overlay, prompt } = model.view.getState();
  const screen = screenName(model.view.getState());
  const command = model.keys.commandOf(key, screen);
  if (key === 'ctrl-c') {
    interrupt(model, leave);
    return;
  }
  if (key === 'ctrl-z') {
    void context.suspend();
    return;
  }
  // What can't be seen must not be answered.
  if (size.isTooSmall) {
    if (command === 'quit') leave({ type: 'quit' });
    return;
  }
  if (overlay !== undefined) {
    answerOverlay(context, overlay, key, size);
    return;
  }
  if (prompt !== undefined) {
    answerPrompt(context, prompt, key);
    return;
  }
  if (command !== undefined) perform(context, command, size);
};

const perform = (context: KeyContext, command: Command, size: ScreenSize): void => {
  const { leave, model } = context;
  const { view } = model;
  const top = view.getState().screens.at(-1);
  if (performOnScreen(context, command, size)) return;
  switch (command) {
    case 'ssh':
    case 'exec':
    case 'configure':
    case 'push':
    case 'rollout':
    case 'retry':
    case 'doctor':
    case 'logs':
    case 'merged-logs':
    case 'terminate':
    case 'replace':
    case 'copy':
    case 'console':
    case 'cause':
      actOnNodes(context, command);
      return;
    case 'launch':
      askForLaunch(context);
      return;
    case 'actions':
      view.dispatch({ type: 'show', screen: { type: 'actions' } });
      return;
    case 'history':
      openHistory(context);
      return;
    case 'pause':
      model.playback?.togglePause();
      return;
    case 'faster':
      model.playback?.faster();
      return;
    case 'slower':
      model.playback?.slower();
      return;
    case 'seek-back':
      model.playback?.previousChange();
      return;
    case 'seek-forward':
      model.playback?.nextChange();
      return;
    case 'notices':
    case 'help':
      view.dispatch({ type: 'open', overlay: { type: command } });
      return;
    case 'redraw':
      void context.redraw();
      return;
    case 'suspend':
      void context.suspend();
      return;
    case 'close':
    case 'quit':
      if (top !== undefined) goBack(context);
      else if (command === 'quit') leave({ type: 'quit' });
      return;
    default:
      return;
  }
};

/** Shows what happened to the fleet over all runs that were recorded here. */
const openHistory = (context: KeyContext): void => {
  const { readHistory, view } = context.model;
  if (readHistory === undefined) {
    tell(context, 'warning', 'This is a recording: the past is what it plays');
    return;
  }
  const feed = createFixedFeed(readHistory);
  const title = 'What happened so far';
  view.dispatch({
    type: 'show',
    screen: { type: 'log', title, nodes: [], feed, log: initialLogView },
  });
};

/** Leaves the visible screen for the one below. */
const goBack = ({ model: { view } }: KeyContext): void => {
  const top = view.getState().screens.at(-1);
  if (top !== undefined && 'feed' in top) top.feed.close();
  view.dispatch({ type: 'back' });
};

/** Whether the visible screen has a meaning of its own for the command. */
const performOnScreen = (context: KeyContext, command: Command, size: ScreenSize): boolean => {
  const top = context.model.view.getState().screens.at(-1);
  switch (top?.type) {
    case undefined:
      return fleetKeys(context, command, size);
    case 'node':
      return nodeKeys(context, top, command, size);
    case 'log':
      return logKeys(context, top, command, size);
    case 'output':
      return outputKeys(context, top, command, size);
    case 'actions':
      return actionKeys(context, top, command, size);
    default:
      return top satisfies never;
  }
};
