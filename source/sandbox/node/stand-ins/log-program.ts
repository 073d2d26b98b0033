import type { Journal } from '../systemd/journal.ts';
import { type Call, complain } from './call.ts';
import { parseOptions } from './options.ts';

const levels = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

/** logger(1): writes its words, or else its input, to the journal. */
export const logger = async (call: Call, journal: Journal): Promise<number> => {
  const given = parseOptions(call.words, {
    tag: { short: 't', value: 'required' },
    priority: { short: 'p', value: 'required' },
    id: { value: 'optional' },
    stderr: { short: 's' },
    i: { short: 'i' },
    file: { short: 'f', value: 'required' },
  });
  if (given.problem !== undefined) return complain(call, `logger: ${given.problem}`);
  const text = given.operands.length > 0 ? given.operands.join(' ') : await call.input();
  const level = (given.last('priority') ?? 'notice').split('.').at(-1) ?? '';
  for (const line of text.split('\n')) {
    if (line === '') continue;
    journal.write({
      message: line,
      priority: Math.max(0, levels.indexOf(level)),
      identifier: given.last('tag') ?? call.environment.USER ?? 'root',
    });
    if (given.has('stderr')) call.err(`${line}\n`);
  }
  return 0;
};
