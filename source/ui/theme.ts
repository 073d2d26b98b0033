import type { TextProps } from 'ink';
import type { Phase } from '../events/phase.ts';

/** How a piece of text is drawn. */
export type Style = Pick<TextProps, 'color' | 'bold' | 'dimColor' | 'inverse'>;

/** What a phase looks like. The glyph and the name say the same as the colour. */
export type PhaseStyle = {
  readonly style: Style;
  /** One column wide; a spinner stands in its place while `isSpinning`. */
  readonly glyph: string;
  /** Whether something is being done to the node. */
  readonly isSpinning: boolean;
};

/** Colours and characters of everything on the screen. */
export type Theme = {
  readonly phases: Readonly<Record<Phase, PhaseStyle>>;
  readonly styles: {
    /** Names of keys, and what moves. */
    readonly accent: Style;
    readonly good: Style;
    readonly warning: Style;
    readonly bad: Style;
    readonly strong: Style;
    /** Labels, and what is of the past. */
    readonly quiet: Style;
  };
  /** Of nodes whose lines stand among each other; none of them says that something is wrong. */
  readonly nodes: readonly Style[];
  readonly glyphs: Glyphs;
  /** Whether the terminal shows more than ASCII. */
  readonly hasUnicode: boolean;
  /** Frames of the spinner, each one column wide. */
  readonly spinner: readonly string[];
};

/** Characters that are not words, each one column wide. */
type Glyphs = {
  readonly ellipsis: string;
  readonly marker: string;
  readonly line: string;
  readonly heavyLine: string;
  readonly vertical: string;
  /** Clockwise from the upper left. */
  readonly corners: readonly [string, string, string, string];
  readonly barFull: string;
  readonly barEmpty: string;
  readonly separator: string;
  readonly arrow: string;
  readonly check: string;
  readonly play: string;
  readonly pause: string;
  readonly stop: string;
  readonly cross: string;
  readonly warning: string;
  readonly lozenge: string;
  readonly circle: string;
  readonly dash: string;
};

const unicodeGlyphs: Glyphs = {
  ellipsis: '…',
  marker: '›',
  line: '─',
  heavyLine: '━',
  vertical: '│',
  corners: ['╭', '╮', '╯', '╰'],
  barFull: '━',
  barEmpty: '╌',
  separator: '·',
  arrow: '→',
  check: '✓',
  play: '►',
  pause: '║',
  stop: '■',
  cross: '✗',
  warning: '▲',
  lozenge: '◆',
  circle: '○',
  dash: '–',
};

const asciiGlyphs: Glyphs = {
  ellipsis: '~',
  marker: '>',
  line: '-',
  heavyLine: '=',
  vertical: '|',
  corners: ['+', '+', '+', '+'],
  barFull: '#',
  barEmpty: '.',
  separator: '|',
  arrow: '>',
  check: '+',
  play: '>',
  pause: '=',
  stop: '#',
  cross: 'x',
  warning: '!',
  lozenge: '*',
  circle: 'o',
  dash: '-',
};

/**
 * A theme out of the terminal's own sixteen colours, so that it follows a light or dark scheme.
 * No colour stands for black or white, and none says anything that a glyph or word does not.
 */
export const createTheme = ({
  hasColour,
  hasUnicode,
}: {
  readonly hasColour: boolean;
  readonly hasUnicode: boolean;
}): Theme => {
  const colour = (color: string): Style => (hasColour ? { color } : {});
  const glyphs = hasUnicode ? unicodeGlyphs : asciiGlyphs;
  const accent = colour('cyan');
  const quiet = { dimColor: true };
  const working = { style: accent, glyph: glyphs.circle, isSpinning: true };
  return {
    glyphs,
    hasUnicode,
    spinner: hasUnicode ? [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'] : [...'|/-\\'],
    styles: {
      accent,
      good: colour('green'),
      warning: colour('yellow'),
      bad: colour('red'),
      strong: { bold: true },
      quiet,
    },
    nodes: ['cyan', 'green', 'magenta', 'blue', 'yellow', 'cyanBright', 'magentaBright'].map(
      colour,
    ),
    phases: {
      pending: { style: quiet, glyph: glyphs.circle, isSpinning: false },
      launching: working,
      booting: working,
      connecting: working,
      uploading: working,
      'cloud-init': working,
      configuring: working,
      verifying: working,
      ready: { style: colour('green'), glyph: glyphs.check, isSpinning: false },
      failed: { style: { ...colour('red'), bold: true }, glyph: glyphs.cross, isSpinning: false },
      degraded: { style: colour('yellow'), glyph: glyphs.warning, isSpinning: false },
      interrupted: { style: colour('magenta'), glyph: glyphs.lozenge, isSpinning: false },
      terminating: { style: quiet, glyph: glyphs.dash, isSpinning: true },
      terminated: { style: quiet, glyph: glyphs.dash, isSpinning: false },
    },
  };
};

/**
 * What the terminal can show, from its environment: colour unless NO_COLOR is set
 * (https://no-color.org), more than ASCII where the locale is UTF-8 and the terminal has the
 * characters, which the Linux console has not.
 */
export const detectTheme = (
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): Theme => {
  const { NO_COLOR, TERM, LC_ALL, LC_CTYPE, LANG, WT_SESSION, TERM_PROGRAM } = environment;
  const locale = LC_ALL || LC_CTYPE || LANG || '';
  const isUtf8 =
    platform === 'win32'
      ? WT_SESSION !== undefined || TERM_PROGRAM === 'vscode'
      : /utf-?8/i.test(locale);
  return createTheme({
    hasColour: NO_COLOR === undefined || NO_COLOR === '',
    hasUnicode: isUtf8 && TERM !== 'linux' && TERM !== 'dumb',
  });
};
