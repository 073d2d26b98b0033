/** An event as `--json` prints it. */
export type ToldEvent = Readonly<Record<string, unknown>>;

/** How a node stands at the end of a run, by what the run told. */
export type ToldNode = {
  readonly name: string;
  readonly phase: string;
  readonly reason: string;
  readonly hint: string;
  readonly instanceId: string | undefined;
  /** Whether EC2 took its machine, and another node has its place. */
  readonly isReplaced: boolean;
};

/**
 * Reads NDJSON.
 *
 * @param problems Gets a line for each one that is none.
 */
export const readEvents = (stdout: string, problems: string[]): ToldEvent[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .flatMap((line): ToldEvent[] => {
      try {
        return [JSON.parse(line)];
      } catch {
        problems.push(`standard output has a line that is no JSON: ${line.slice(0, 100)}`);
        return [];
      }
    });

export const toldNodes = (events: readonly ToldEvent[]): ToldNode[] => {
  const nodes = new Map<string, ToldNode>();
  for (const event of events) {
    if (typeof event.node !== 'string') continue;
    if (event.event === 'moved') {
      // Another node stands for it, in another region.
      nodes.delete(event.node);
      continue;
    }
    const before = nodes.get(event.node);
    const node = {
      name: event.node,
      phase: before?.phase ?? '',
      reason: before?.reason ?? '',
      hint: before?.hint ?? '',
      instanceId: textOr(event.instanceId, before?.instanceId),
      isReplaced: (before?.isReplaced ?? false) || typeof event.replacedBy === 'string',
    };
    nodes.set(
      event.node,
      event.event === 'phase'
        ? {
            ...node,
            phase: textOr(event.phase, ''),
            reason: textOr(event.reason, ''),
            hint: textOr(event.hint, ''),
          }
        : node,
    );
  }
  return [...nodes.values()];
};

const textOr = <Other>(value: unknown, other: Other): string | Other =>
  typeof value === 'string' ? value : other;
