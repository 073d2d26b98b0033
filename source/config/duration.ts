/** Longest wait that a timer of Node takes; a longer one would fire at once. */
const maximum = 2 ** 31 - 1;

/** Hours, minutes and seconds in this order, each at most once: `90s`, `2m`, `1h30m`; or `0`. */
export const durationPattern = /^(?:0|(?=\d)(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,7}s)?)$/;

/**
 * Reads a duration such as `90s`, `2m`, `1h30m` or `0`.
 *
 * @returns Milliseconds; undefined if the text is no duration or longer than a timer can wait
 * (24 days).
 */
export const parseDuration = (text: string): number | undefined => {
  if (!durationPattern.test(text)) return undefined;
  const [, hours = 0, minutes = 0, seconds = 0] =
    /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? [];
  const milliseconds = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return milliseconds <= maximum ? milliseconds : undefined;
};
