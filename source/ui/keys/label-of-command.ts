import type { KeyContext } from './key-context.ts';
import { type Command, labelOf } from './key-map.ts';

/** The first key of a command as the screen prints it, wherever the configuration has put it. */
export const labelOfCommand = ({ model }: Pick<KeyContext, 'model'>, command: Command): string => {
  const binding = model.keys.bindings.find((each) => each.command === command);
  return labelOf(binding?.keys[0] ?? '?', model.theme.hasUnicode);
};
