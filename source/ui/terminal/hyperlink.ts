const introducer = '\u001B]8;';
const terminator = '\u001B\\';

/**
 * Text that leads somewhere in a terminal that knows OSC 8, and is plain text in others
 * (https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda).
 *
 * @param url free of control characters
 */
export const hyperlink = (text: string, url: string): string =>
  `${introducer};${url}${terminator}${text}${introducer};${terminator}`;
