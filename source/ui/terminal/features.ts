/** What a terminal does with sequences that change more than its text. */
export type TerminalFeatures = {
  /** Sets its window's title by OSC 2, and keeps earlier titles on a stack. */
  readonly hasTitle: boolean;
  /** Rings at BEL. */
  readonly hasBell: boolean;
  /** Shows progress in the taskbar or tab by OSC 9;4. */
  readonly hasProgress: boolean;
  /** Shows a notification of the desktop by OSC 9. */
  readonly hasNotification: boolean;
  /** Can turn the mouse wheel into arrow keys without taking text selection away: mode 1007. */
  readonly hasAlternateScroll: boolean;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Families of terminals that ignore a sequence that they don't know; others print it. */
const understanding =
  /^(xterm|screen|tmux|rxvt|alacritty|foot|ghostty|wezterm|konsole|gnome|vte|st|contour|mintty)\b/;

/**
 * What the terminal understands, from its environment: no terminal is asked, because an answer
 * that comes late would be read as keys. Where it isn't known, the answer is no: OSC 9 is a
 * notification in one terminal, progress in another, and garbage in a third.
 */
export const detectFeatures = (environment: Environment): TerminalFeatures => {
  const { TERM = '', WT_SESSION } = environment;
  const isUnderstanding = understanding.test(TERM) || isSet(WT_SESSION);
  // What is around a multiplexer gets only what that passes on, and it knows neither.
  const isDirect = isUnderstanding && !isMultiplexed(environment);
  return {
    hasTitle: isUnderstanding,
    hasBell: TERM !== 'dumb' && TERM !== '',
    hasProgress: isDirect && showsProgress(environment),
    hasNotification: isDirect && showsNotifications(environment),
    hasAlternateScroll: isUnderstanding,
  };
};

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

const isMultiplexed = ({ TERM = '', TMUX, STY, ZELLIJ }: Environment): boolean =>
  /^(screen|tmux)/.test(TERM) || [TMUX, STY, ZELLIJ].some(isSet);

const showsProgress = ({
  ConEmuANSI,
  TERM_FEATURES = '',
  TERM_PROGRAM,
  TERM_PROGRAM_VERSION = '',
  VTE_VERSION,
  WT_SESSION,
}: Environment): boolean => {
  if (isSet(WT_SESSION) || ConEmuANSI === 'ON') return true;
  switch (TERM_PROGRAM) {
    case 'ghostty':
      // Before, OSC 9 was a notification, whatever followed.
      return isAtLeast(TERM_PROGRAM_VERSION, 1, 2);
    case 'WezTerm':
      // Versions are dates; the stable one of February 2024 shows a notification.
      return isAtLeast(TERM_PROGRAM_VERSION, 20240204);
    case 'iTerm.app':
      // https://iterm2.com/feature-reporting: P is progress, two capitals begin two features.
      return TERM_FEATURES.split(/(?=[A-Z])/).includes('P');
    default:
      return Number(VTE_VERSION ?? 0) >= 7900;
  }
};

const showsNotifications = ({ KITTY_WINDOW_ID, TERM, TERM_PROGRAM = '' }: Environment): boolean =>
  ['ghostty', 'WezTerm', 'iTerm.app'].includes(TERM_PROGRAM) ||
  TERM === 'xterm-kitty' ||
  isSet(KITTY_WINDOW_ID);

/** Whether a version, numbers with something between them, is at least this one. */
const isAtLeast = (version: string, ...least: readonly number[]): boolean => {
  const numbers = version.split(/\D+/).map(Number);
  for (const [index, wanted] of least.entries()) {
    const number = numbers[index] ?? 0;
    if (number !== wanted) return number > wanted;
  }
  return true;
};
