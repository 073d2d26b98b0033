import type { NodeLogLine } from '../../fleet/actions.ts';
import { type KeyContext, tell } from '../keys/key-context.ts';
import { lineOf } from '../prompt/line-edit.ts';
import { createLogReader, type LogReading } from './log-reader.ts';
import { currentScreen, type ScreenWithLog } from './screen-with-log.ts';

/** Asks for the name of a file and writes what is shown of the log into it, from its beginning on. */
export const askForExport = (context: KeyContext, screen: ScreenWithLog, name: string): void => {
  const { clock, view } = context.model;
  view.dispatch({
    type: 'ask',
    prompt: {
      label: 'write to file',
      edit: lineOf(`${fileName(name)}-${fileTime(clock.now())}.log`),
      earlier: [],
      submit(file) {
        if (file.trim() === '') return 'a file needs a name';
        const { feed, log } = currentScreen(context, screen) ?? screen;
        const reading = createLogReader()(feed.getState(), { ...log, search: '' });
        void save(context, file.trim(), reading);
        return undefined;
      },
    },
  });
};

const save = async (context: KeyContext, file: string, reading: LogReading): Promise<void> => {
  try {
    const path = await context.saveFile(file, exportText(reading));
    const lines = reading.count === 1 ? '1 line' : `${reading.count.toLocaleString('en-US')} lines`;
    tell(context, 'good', `${lines} written to ${path}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    tell(context, 'bad', `${file} was not written: ${reason}`);
  }
};

/** One line each: the time, the node where there are several, the source, and the whole message. */
const exportText = ({ count, line, nodes }: LogReading): string => {
  const texts: string[] = [];
  for (let index = 0; index < count; index++) {
    const each = line(index);
    if (each !== undefined) texts.push(`${exportLine(each, nodes.length > 1)}\n`);
  }
  return texts.join('');
};

const exportLine = ({ time, node, source, message }: NodeLogLine, hasNode: boolean): string => {
  const parts = [new Date(time).toISOString(), ...(hasNode ? [node] : []), source];
  // A file is often printed to a terminal, which must not be told anything by a log.
  return `${parts.join(' ')}: ${message.replace(/[\r\n]+/g, ' ').replace(/(?!\t)\p{Cc}/gu, '')}`;
};

const fileName = (name: string): string =>
  name.replace(/[^\w.-]+/g, '-').replace(/^[-.]+/, '') || 'log';

/** Local time, as it can stand in the name of a file everywhere: `20250701-120509`. */
export const fileTime = (time: number): string => {
  const date = new Date(time);
  const digits = (value: number) => String(value).padStart(2, '0');
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(digits).join('');
  return `${day}-${[date.getHours(), date.getMinutes(), date.getSeconds()].map(digits).join('')}`;
};
