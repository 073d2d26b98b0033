import { tagNames } from './cloud.ts';

/** What `timeToLive` means for something that begins, or is renewed, now; as a tag says it. */
export const expiryTag = (timeToLive: number, now: number): Readonly<Record<string, string>> => ({
  [tagNames.expires]: new Date(now + timeToLive).toISOString(),
});

/**
 * When something may be destroyed, by its tags; milliseconds since the Unix epoch. Undefined where
 * they say nothing, or nothing that can be understood: what is in doubt is kept.
 */
export const expiryOf = (tags: Readonly<Record<string, string>>): number | undefined => {
  const text = tags[tagNames.expires] ?? '';
  const time = /^\d{4}-\d\d-\d\dT.*Z$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
};
