import { Box } from 'ink';
import { useRef } from 'react';
import stringWidth from 'string-width';
import { useDashboard } from '../dashboard-context.ts';
import { windowOffset } from '../fleet-screen/window-offset.ts';
import { SegmentLine } from '../segment-line.tsx';
import { printable } from '../text.ts';
import { useFleet } from '../use-fleet.ts';
import type { Screen } from '../view-state.ts';
import { findAction, layOutOutput } from './lay-out-output.ts';
import { OutcomeHeader } from './outcome-header.tsx';
import {
  blockAt,
  countRows,
  currentBlock,
  type OutcomeBlock,
  type OutcomePlace,
} from './outcome-layout.ts';
import { EntryLine, EntryTitle, subjectOf } from './outcome-row.tsx';

type OutputScreenProps = {
  readonly screen: Extract<Screen, { type: 'output' }>;
  /** In terminal columns. */
  readonly width: number;
  /** In rows. */
  readonly height: number;
};

/** What an action is doing and what has come of it, as it comes. Only what is visible is drawn. */
export const OutputScreen = ({ screen, height, width }: OutputScreenProps) => {
  const { theme } = useDashboard();
  const action = useFleet((state) => findAction(state, screen));
  if (action === undefined) {
    return (
      <Box flexDirection="column" width={width} height={height} flexShrink={0}>
        <SegmentLine
          segments={[{ text: ' Nothing is known of this action yet', style: theme.styles.quiet }]}
          width={width}
        />
      </Box>
    );
  }
  const { blocks, height: listHeight } = layOutOutput(screen, action, {
    width,
    height,
    ellipsis: theme.glyphs.ellipsis,
  });
  return (
    <Box flexDirection="column" width={width} height={height} flexShrink={0} overflowY="hidden">
      <OutcomeHeader action={action} width={width} />
      <SegmentLine
        segments={[{ text: theme.glyphs.line.repeat(width), style: theme.styles.quiet }]}
        width={width}
      />
      {blocks.length === 0 ? (
        <SegmentLine
          segments={[
            { text: ' No node was worked on: m shows what was said', style: theme.styles.quiet },
          ]}
          width={width}
        />
      ) : (
        <OutcomeList
          blocks={blocks}
          cursor={screen.cursor}
          picked={screen.picked}
          width={width}
          height={listHeight}
        />
      )}
    </Box>
  );
};

type OutcomeListProps = {
  readonly blocks: readonly OutcomeBlock[];
  readonly cursor: OutcomePlace | undefined;
  readonly picked: ReadonlySet<string>;
  /** In terminal columns. */
  readonly width: number;
  /** In rows. */
  readonly height: number;
};

const OutcomeList = ({ blocks, cursor, picked, width, height }: OutcomeListProps) => {
  const previous = useRef(0);
  const current = currentBlock(blocks, cursor);
  const count = countRows(blocks);
  const selected = current === undefined ? 0 : current.block.top + current.line;
  // What stands below a title is seen with it, but the cursor itself is what must be seen.
  const below = current !== undefined && current.line === 0 ? current.block.body.length : 0;
  const show = (row: number, from: number) =>
    windowOffset({ count, height, selected: row, previous: from });
  const offset = show(selected, show(selected + Math.min(below, height - 1), previous.current));
  previous.current = offset;
  const subjectWidth = Math.min(
    Math.floor(width / 3),
    blocks.reduce((most, { entry }) => Math.max(most, widthOf(subjectOf(entry))), 0),
  );
  const visible = Math.max(0, Math.min(height, count - offset));
  return (
    <>
      {Array.from({ length: visible }, (_row, index) => {
        const row = offset + index;
        const block = blocks[blockAt(blocks, row)];
        if (block === undefined) return null;
        const line = row - block.top;
        const key = `${block.entry.key} ${line}`;
        const isSelected = row === selected;
        if (line === 0) {
          return (
            <EntryTitle
              key={key}
              entry={block.entry}
              subjectWidth={subjectWidth}
              isSelected={isSelected}
              isPicked={picked.has(block.entry.key)}
              width={width}
            />
          );
        }
        const body = block.body[line - 1];
        return body === undefined ? null : (
          <EntryLine key={key} row={body} isSelected={isSelected} width={width} />
        );
      })}
    </>
  );
};

const widthOf = (text: string): number => stringWidth(printable(text));
