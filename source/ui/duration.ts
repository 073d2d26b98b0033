/**
 * A duration in at most six columns: `9s`, `4m07s`, `23h59m`, `99d23h`, `400d`.
 *
 * @param milliseconds less than zero counts as zero: clocks of two machines disagree a little.
 */
export const formatDuration = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (minutes === 0) return `${seconds}s`;
  if (hours === 0) return `${minutes}m${twoDigits(seconds % 60)}s`;
  if (days === 0) return `${hours}h${twoDigits(minutes % 60)}m`;
  if (days < 100) return `${days}d${twoDigits(hours % 24)}h`;
  return `${days}d`;
};

/** The local time of day of a moment, `14:05:09`. */
export const formatTime = (time: number): string => {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':');
};

const twoDigits = (value: number): string => String(value).padStart(2, '0');
