/** Local time of day, `05:12:33`, of a time in milliseconds since the Unix epoch. */
export const timeOfDay = (time: number): string => {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
};
