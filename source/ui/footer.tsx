import { memo } from 'react';
import stringWidth from 'string-width';
import { useDashboard } from './dashboard-context.ts';
import { type KeyBinding, labelOf, type NodeCommand, type ScreenName } from './keys/key-map.ts';
import { refusal } from './keys/refusal.ts';
import { type Segment, SegmentLine } from './segment-line.tsx';
import type { Theme } from './theme.ts';
import { useFleet, useNode } from './use-fleet.ts';
import { useView } from './use-view.ts';
import { screenName } from './view-state.ts';

type FooterProps = {
  /** Whether nodes can be acted on at all: not in a recording. */
  readonly canAct: boolean;
  /** Whether this process runs the pipeline of a node. */
  readonly isDriven: (node: string) => boolean;
  /** In terminal columns. */
  readonly width: number;
};

/** The keys that matter most on the visible screen. Where there is no room, help and the way out stay. */
export const Footer = memo(({ canAct, isDriven, width }: FooterProps) => {
  const model = useDashboard();
  const { commandLine, keys, theme } = model;
  const screen = useView(screenName);
  const view = useView(({ fleet }) => fleet);
  const top = useView(({ screens }) => screens.at(-1));
  const target = useFleet((state) =>
    top?.type === 'node' ? top.node : model.order.selected(state, view),
  );
  const node = useNode(target);
  const bindings = byImportance(screen, keys.of(screen)).filter(
    // Of a recording, room is for the keys that play it.
    ({ footer, group }) => footer !== undefined && (canAct || group !== 'Act'),
  );
  const isUsable = (binding: KeyBinding) => {
    if (!isNodeCommand(binding)) return true;
    if (!canAct || node === undefined) return false;
    return refusal(binding.command, node, isDriven(node.name), commandLine) === undefined;
  };
  const segments = chooseThatFit(bindings, width - 2, theme).flatMap((binding): Segment[] => {
    const { accent, strong, quiet } = theme.styles;
    const usable = isUsable(binding);
    return [
      { text: footerKey(binding, theme), style: usable ? { ...strong, ...accent } : quiet },
      { text: ` ${binding.footer}  `, style: usable ? {} : quiet },
    ];
  });
  return <SegmentLine segments={[{ text: ' ' }, ...segments]} width={width} />;
});

/** A binding of a command that acts on a node. */
const isNodeCommand = (
  binding: KeyBinding,
): binding is KeyBinding & { readonly command: NodeCommand } =>
  binding.group === 'Act' && binding.command !== 'launch' && binding.command !== 'cancel';

const footerKey = ({ keys }: KeyBinding, { hasUnicode }: Theme): string =>
  labelOf(keys[0] ?? '', hasUnicode);

/** What one opened a log for is to be read first, and a recording to be played. */
const byImportance = (
  screen: ScreenName,
  bindings: readonly KeyBinding[],
): readonly KeyBinding[] => {
  const isFirst = ({ group }: KeyBinding) =>
    group === 'Playback' || (screen === 'log' && group === 'Log');
  return [...bindings.filter(isFirst), ...bindings.filter((binding) => !isFirst(binding))];
};

/** Drops bindings before help and quit, the last of them first, until the rest fits. */
const chooseThatFit = (
  bindings: readonly KeyBinding[],
  width: number,
  theme: Theme,
): readonly KeyBinding[] => {
  const widthOf = (chosen: readonly KeyBinding[]) =>
    chosen.reduce(
      (sum, binding) => sum + stringWidth(`${footerKey(binding, theme)} ${binding.footer}  `),
      0,
    );
  let chosen = bindings;
  while (widthOf(chosen) > width && chosen.length > 2) {
    chosen = [...chosen.slice(0, -3), ...chosen.slice(-2)];
  }
  return chosen;
};
