import type { Writable } from 'node:stream';
import { styleText } from 'node:util';

export const choosePaint = (stream: Writable, environment: NodeJS.ProcessEnv): Paint =>
  hasColour(stream, environment) ? colour : plain;

/** Colour is for terminals that have it, unless NO_COLOR (https://no-color.org) is set. */
export const hasColour = (stream: Writable, environment: NodeJS.ProcessEnv): boolean =>
  'hasColors' in stream &&
  typeof stream.hasColors === 'function' &&
  (environment.NO_COLOR ?? '') === '' &&
  stream.hasColors(environment) === true;

/** Colours the text for the word that it shows. */
export type Paint = (word: string, text: string) => string;

const plain: Paint = (_word, text) => text;

const colour: Paint = (word, text) => {
  const style = styles.get(word);
  return style === undefined ? text : styleText(style, text, { validateStream: false });
};

const styles: ReadonlyMap<string, Parameters<typeof styleText>[0]> = new Map([
  ['ready', 'green'],
  ['failed', 'red'],
  ['error', 'red'],
  ['degraded', 'yellow'],
  ['interrupted', 'yellow'],
  ['warning', 'yellow'],
  ['not ready', 'yellow'],
  ['not gone', 'yellow'],
  ['hint', 'cyan'],
  ['more', 'cyan'],
  ['output', 'dim'],
  ['log', 'dim'],
  ['recorded', 'dim'],
  ['terminating', 'dim'],
  ['terminated', 'dim'],
  ['summary', 'bold'],
]);
