import type { ActionState } from '../../fleet/state.ts';
import { type KeyContext, tell } from '../keys/key-context.ts';
import { fileTime } from '../log-screen/export-log.ts';
import { lineOf } from '../prompt/line-edit.ts';
import type { Screen } from '../view-state.ts';
import { findAction } from './lay-out-output.ts';
import type { OutcomeEntry } from './outcome-entries.ts';

type OutputScreen = Extract<Screen, { type: 'output' }>;

/** Asks for the name of a file and writes into it what an action has come to, node by node. */
export const askForOutputExport = (
  context: KeyContext,
  screen: OutputScreen,
  { action, id }: ActionState,
): void => {
  const { clock, fleet, view } = context.model;
  view.dispatch({
    type: 'ask',
    prompt: {
      label: 'write to file',
      edit: lineOf(`${action}-${id}-${fileTime(clock.now())}.txt`),
      earlier: [],
      submit(file) {
        if (file.trim() === '') return 'a file needs a name';
        const now = findAction(fleet.getState(), screen);
        if (now === undefined) return 'nothing is known of the action any longer';
        void save(context, file.trim(), exportText(now, screen.read(now)));
        return undefined;
      },
    },
  });
};

const save = async (context: KeyContext, file: string, content: string): Promise<void> => {
  try {
    tell(context, 'good', `Written to ${await context.saveFile(file, content)}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    tell(context, 'bad', `${file} was not written: ${reason}`);
  }
};

/** As `exec` prints it: a line that names the nodes, then what they have in common. */
const exportText = (
  { action, by, detail, startedAt }: ActionState,
  entries: readonly OutcomeEntry[],
): string =>
  [
    `${action}${detail === undefined ? '' : ` ${harmless(detail)}`}`,
    `asked for by ${by} at ${new Date(startedAt).toISOString()}`,
    ...entries.flatMap((entry) => ['', titleOf(entry), ...entry.lines.map(harmless)]),
    '',
  ].join('\n');

const titleOf = ({ detail, nodes, status }: OutcomeEntry): string => {
  const count = nodes.length > 1 ? `${nodes.length} nodes: ` : '';
  return `── ${count}${nodes.join(', ')}: ${status}${detail === '' ? '' : `, ${harmless(detail)}`}`;
};

/** A file is often printed to a terminal, which must not be told anything by a node. */
const harmless = (text: string): string =>
  text.replace(/[\r\n]+/g, ' ').replace(/(?!\t)\p{Cc}/gu, '');
