import type { NodeState } from '../../fleet/state.ts';
import { shellWord } from '../../ssh/openssh-command.ts';
import { copySequence, mostCopied } from '../terminal/copy-sequence.ts';
import type { ChoiceOption } from '../view-state.ts';
import { type KeyContext, tell } from './key-context.ts';
import { describeNodes } from './targets.ts';

/** Asks what of nodes goes to the clipboard, one line a node. */
export const askWhatToCopy = (context: KeyContext, nodes: readonly NodeState[]): void => {
  const facts = factsOf(context, nodes).filter(({ lines }) => lines.length > 0);
  const options = facts.map(
    ({ key, label, lines }): ChoiceOption => ({
      key,
      label,
      detail: lines.length === 1 ? (lines[0] ?? '') : `${lines.length} lines`,
    }),
  );
  context.model.view.dispatch({
    type: 'open',
    overlay: {
      type: 'choose',
      cursor: 0,
      choice: {
        title: `Copy of ${describeNodes(nodes.map(({ name }) => name))}`,
        options,
        choose(option) {
          const fact = facts[options.indexOf(option)];
          if (fact !== undefined) copy(context, fact);
        },
      },
    },
  });
};

type Fact = {
  readonly key: string;
  /** Of one line. */
  readonly label: string;
  readonly plural: string;
  readonly lines: readonly string[];
};

const factsOf = ({ actions }: KeyContext, nodes: readonly NodeState[]): readonly Fact[] => [
  {
    key: 'i',
    label: 'instance id',
    plural: 'instance ids',
    lines: nodes.flatMap(({ instanceId }) => instanceId ?? []),
  },
  {
    key: 'a',
    label: 'address',
    plural: 'addresses',
    lines: nodes.flatMap(({ address, publicAddress }) => publicAddress ?? address ?? []),
  },
  {
    key: 'p',
    label: 'private address',
    plural: 'private addresses',
    lines: nodes.flatMap(({ privateAddress }) => privateAddress ?? []),
  },
  {
    key: 's',
    label: 'ssh command',
    plural: 'ssh commands',
    lines: nodes.flatMap(({ name }) => {
      const ssh = actions?.sshCommand(name);
      return ssh === undefined ? [] : [[ssh.file, ...ssh.arguments].map(shellWord).join(' ')];
    }),
  },
  {
    key: 'n',
    label: 'name',
    plural: 'names',
    lines: nodes.map(({ name }) => name),
  },
];

const copy = (context: KeyContext, { label, lines, plural }: Fact): void => {
  const text = lines.join('\n');
  const size = Buffer.byteLength(text);
  if (size > mostCopied) {
    tell(
      context,
      'warning',
      `${lines.length} ${plural} are too much for a terminal's clipboard: select fewer nodes`,
    );
    return;
  }
  context.writeSequence(copySequence(text, context.model.isInTmux === true));
  const what = lines.length === 1 ? `${label} ${text}` : `${lines.length} ${plural}`;
  tell(context, 'good', `Copied, if the terminal allows it (OSC 52): ${what}`);
};
