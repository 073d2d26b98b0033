import { memo } from 'react';
import stringWidth from 'string-width';
import { useDashboard } from './dashboard-context.ts';
import { type KeyBinding, keyMap, labelOf, type NodeCommand } from './key-map.ts';
import { refusal } from './refusal.ts';
import { type Segment, SegmentLine } from './segment-line.tsx';
import { useNode } from './use-fleet.ts';

type FooterProps = {
  /** Name of the selected node: keys that can't act on it are drawn quietly. */
  readonly selected: string | undefined;
  /** Whether nodes can be acted on at all: not in a recording. */
  readonly canAct: boolean;
  /** Whether this process runs the pipeline of a node. */
  readonly isDriven: (node: string) => boolean;
  /** In terminal columns. */
  readonly width: number;
};

/** The keys that matter most. Where there is no room, help and quit stay. */
export const Footer = memo(({ selected, canAct, isDriven, width }: FooterProps) => {
  const { commandLine, theme } = useDashboard();
  const node = useNode(selected);
  const bindings = keyMap.filter(({ footer }) => footer !== undefined);
  const isUsable = (binding: KeyBinding) => {
    if (!isNodeCommand(binding)) return true;
    if (!canAct || node === undefined) return false;
    return refusal(binding.command, node, isDriven(node.name), commandLine) === undefined;
  };
  const segments = chooseThatFit(bindings, width - 2).flatMap((binding): Segment[] => {
    const { accent, strong, quiet } = theme.styles;
    const usable = isUsable(binding);
    return [
      { text: footerKey(binding), style: usable ? { ...strong, ...accent } : quiet },
      { text: ` ${binding.footer}  `, style: usable ? {} : quiet },
    ];
  });
  return <SegmentLine segments={[{ text: ' ' }, ...segments]} width={width} />;
});

/** A binding of a command that acts on a node. */
const isNodeCommand = (
  binding: KeyBinding,
): binding is KeyBinding & { readonly command: NodeCommand } => binding.group === 'Node';

const footerKey = (binding: KeyBinding): string => labelOf(binding, true).split(' ')[0] ?? '';

/** Drops bindings before help and quit, the last of them first, until the rest fits. */
const chooseThatFit = (bindings: readonly KeyBinding[], width: number): readonly KeyBinding[] => {
  const widthOf = (chosen: readonly KeyBinding[]) =>
    chosen.reduce(
      (sum, binding) => sum + stringWidth(`${footerKey(binding)} ${binding.footer}  `),
      0,
    );
  let chosen = bindings;
  while (widthOf(chosen) > width && chosen.length > 2) {
    chosen = [...chosen.slice(0, -3), ...chosen.slice(-2)];
  }
  return chosen;
};
