const introducer = '\u001B';
const controlSequence = `${introducer}[`;
/** Ends a string; BEL would do too, and ring where a terminal did not know what it ends. */
const stringTerminator = `${introducer}\\`;

const operatingSystemCommand = (text: string): string => `${introducer}]${text}${stringTerminator}`;

/**
 * Sequences that change more than text, as xterm documents them
 * (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html), and ConEmu for progress
 * (https://conemu.github.io/en/AnsiEscapeCodes.html#ConEmu_specific_OSC).
 */
export const sequences = {
  bell: '\u0007',
  /** What follows is shown at once, up to `endFrame`. */
  beginFrame: `${controlSequence}?2026h`,
  endFrame: `${controlSequence}?2026l`,
  /** The screen is blank, with the cursor in its upper left corner. */
  blankScreen: `${controlSequence}H${controlSequence}J`,
  saveCursor: `${introducer}7`,
  pushTitle: `${controlSequence}22;2t`,
  popTitle: `${controlSequence}23;2t`,
  /** @param text free of control characters */
  title: (text: string): string => operatingSystemCommand(`2;${text}`),
  /** @param percent whole */
  progress: (state: 'normal' | 'error', percent: number): string =>
    operatingSystemCommand(`9;4;${state === 'normal' ? 1 : 2};${percent}`),
  noProgress: operatingSystemCommand('9;4;0;0'),
  /** @param text free of control characters; must not begin with a number */
  notification: (text: string): string => operatingSystemCommand(`9;${text}`),
  /** The wheel sends arrow keys on the alternate screen. */
  startAlternateScroll: `${controlSequence}?1007s${controlSequence}?1007h`,
  /** Back to what it was: many terminals have it on by themselves, and `less` counts on that. */
  endAlternateScroll: `${controlSequence}?1007r`,
} as const;
