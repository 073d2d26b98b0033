import { type Topic, topicOfError } from '../events/topic.ts';
import { cleanText } from '../ssh/clean-text.ts';

/** A phase ended without success, said for the person who has to do something about it. */
export class PhaseFailure extends Error {
  override readonly name = 'PhaseFailure';
  readonly reason: string;
  readonly hint: string;
  readonly output: readonly string[];
  /** Where to read on; undefined where nothing more is known than the phase. */
  readonly topic: Topic | undefined;

  /**
   * Takes words of the node as they came: what could harm a terminal is removed.
   *
   * @param reason What failed and why: one line.
   * @param hint What to do next: one line.
   * @param output The failing command's last lines, oldest first.
   * @param topic Where to read on, if that is not what goes with the phase.
   */
  constructor(reason: string, hint: string, output: readonly string[] = [], topic?: Topic) {
    const line = cleanText(reason);
    super(line);
    this.reason = line;
    this.hint = cleanText(hint);
    this.output = output.map(cleanText);
    this.topic = topic;
  }
}

/** Any error of a phase as a failure; errors of lower layers bring hint and topic along. */
export const toPhaseFailure = (error: unknown): PhaseFailure => {
  if (error instanceof PhaseFailure) return error;
  if (!(error instanceof Error)) return new PhaseFailure(String(error), defaultHint);
  const hint = 'hint' in error && typeof error.hint === 'string' ? error.hint : defaultHint;
  return new PhaseFailure(firstLine(error.message), hint, [], topicOfError(error));
};

const defaultHint =
  'Retry it, for which `spot-tui create` carries on, or run `spot-tui doctor` for details.';

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;
