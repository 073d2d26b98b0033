import { styleText } from 'node:util';
import stringWidth from 'string-width';
import type { NodeLogLine } from '../fleet/actions.ts';
import type { Invocation } from './command.ts';
import { nodeJson, nodeText } from './node-text.ts';

/** Takes lines of nodes' logs as they come. */
export type LogPrinter = (line: NodeLogLine) => void;

/**
 * Prints lines of logs: local time, node where there are several, source, message; with `--json` as
 * `log` events. In a terminal each node has a colour of its own, as far as colours reach.
 */
export const createLogPrinter = (
  { environment, options, stdout }: Invocation,
  nodes: readonly string[],
): LogPrinter => {
  if (options.json) {
    return ({ message, node, source, time }) => {
      const iso = new Date(time).toISOString();
      stdout.write(`${nodeJson({ time: iso, event: 'log', node, source, message })}\n`);
    };
  }
  const width = Math.max(0, ...nodes.map((node) => stringWidth(node)));
  const hasColour =
    stdout.isTTY === true && (environment.NO_COLOR ?? '') === '' && stdout.hasColors(environment);
  const prefixes = new Map(
    nodes.map((node, index) => {
      const padded = node.padEnd(width);
      const colour = colours[index % colours.length] ?? 'cyan';
      return [node, hasColour ? styleText(colour, padded, { validateStream: false }) : padded];
    }),
  );
  return ({ message, node, source, time }) => {
    const prefix = nodes.length > 1 ? `${prefixes.get(node) ?? node}  ` : '';
    const line = `${clockTime(time)} ${prefix}${source}: ${message}`;
    stdout.write(`${nodeText({ environment }, line)}\n`);
  };
};

/** Prints lines, those of several nodes by the time of each. */
export const printInOrder = (print: LogPrinter, lines: readonly NodeLogLine[]): void => {
  const [first] = lines;
  // One node's are in order, also where its clock was set meanwhile.
  const isOneNode = lines.every(({ node }) => node === first?.node);
  for (const line of isOneNode ? lines : lines.toSorted((a, b) => a.time - b.time)) print(line);
};

const colours = ['cyan', 'magenta', 'green', 'yellow', 'blue'] as const;

/** Local time of day, as the dashboard and `--ci` print it. */
const clockTime = (time: number): string =>
  new Date(time).toLocaleTimeString('en-GB', { hour12: false });
