/**
 * Measures things one after the other, round after round, so that what else the machine does
 * concerns all of them alike.
 *
 * @param takes What is measured once by each call, by its name.
 * @returns The measurements of each in the order of rounds.
 */
export const takeTurns = async <Takes extends Record<string, () => Promise<unknown>>>(
  rounds: number,
  takes: Takes,
): Promise<{ readonly [Name in keyof Takes]: readonly Awaited<ReturnType<Takes[Name]>>[] }> => {
  const taken = Object.entries(takes).map(([name, take]) => ({
    name,
    take,
    values: [] as unknown[],
  }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { take, values } of taken) values.push(await take());
  }
  return Object.fromEntries(taken.map(({ name, values }) => [name, values])) as {
    [Name in keyof Takes]: Awaited<ReturnType<Takes[Name]>>[];
  };
};
