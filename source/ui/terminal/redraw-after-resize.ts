import type { Instance } from 'ink';
import { sequences } from './sequences.ts';

export type RedrawOptions = {
  readonly stdout: NodeJS.WriteStream;
  /** Whether the screen is the dashboard's to draw on. */
  readonly isOurs: () => boolean;
  /** Milliseconds for which the size has to stay what it is. */
  readonly patience?: number;
};

/**
 * Draws the whole screen again once a window has got its new size. Ink only draws lines that differ,
 * from where it believes the cursor to be; a frame that was on its way to a window which meanwhile
 * had another size leaves remains of itself that no later frame would cover.
 *
 * @returns stops that
 */
export const redrawAfterResize = (
  ink: Pick<Instance, 'clear'>,
  { stdout, isOurs, patience = 100 }: RedrawOptions,
): (() => void) => {
  let timer: NodeJS.Timeout | undefined;

  const redraw = () => {
    if (!isOurs()) return;
    stdout.write(sequences.beginFrame);
    ink.clear();
    stdout.write(sequences.blankScreen);
    // Ink draws what was cleared, though nothing has changed.
    stdout.emit('resize');
    stdout.write(sequences.endFrame);
  };
  const onChange = () => {
    clearTimeout(timer);
    timer = setTimeout(redraw, patience);
  };

  // No `resize` comes of a window that was small for a moment only, but it has lost its text.
  process.on('SIGWINCH', onChange);
  return () => {
    clearTimeout(timer);
    process.off('SIGWINCH', onChange);
  };
};
