import { keyBindings } from '../source/ui/keys/key-bindings.ts';
import { type KeyBinding, keyGroups, labelOf } from '../source/ui/keys/key-map.ts';

const begin = '<!-- keys: written by `npm run readme` -->';
const end = '<!-- end of keys -->';

/**
 * The readme with its section of keys as the table of keys has them.
 *
 * @throws Error when the readme has no such section
 */
export const withKeySection = (readme: string): string => {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from === -1 || to === -1) throw new Error(`readme.md has no section from ${begin} to ${end}`);
  return `${readme.slice(0, from + begin.length)}\n\n${keyTable()}\n\n${readme.slice(to)}`;
};

const keyTable = (): string =>
  [
    '| key | does | where | command |',
    '| --- | --- | --- | --- |',
    ...keyGroups.flatMap((group) =>
      keyBindings.filter((binding) => binding.group === group).map(keyRow),
    ),
  ].join('\n');

const keyRow = ({ command, description, keys, only, screens }: KeyBinding): string => {
  const labels = keys.map((key) => `\`${labelOf(key, true)}\``).join(' ');
  const where = screens.length === 5 ? 'everywhere' : screens.join(', ');
  const recording = only === 'recording' ? ', in a recording' : '';
  return `| ${labels} | ${description} | ${where}${recording} | ${command} |`;
};
