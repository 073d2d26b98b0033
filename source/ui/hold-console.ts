import patchConsole from 'patch-console';

/**
 * Keeps what is written to the console, and the process's warnings, off the screen that the
 * dashboard draws on.
 *
 * @param limit characters to keep; the newest are kept
 * @returns how to stop that, which gives back what was held
 */
export const holdConsole = (limit = 100_000): (() => string) => {
  let held = '';
  const hold = (text: string) => {
    held = (held + text).slice(-limit);
  };
  const restoreConsole = patchConsole((_stream, text) => hold(text));
  // Node's own listener writes to stderr past the console.
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => hold(`${warning.name}: ${warning.message}\n`));
  return () => {
    restoreConsole();
    process.removeAllListeners('warning');
    for (const listener of listeners) process.on('warning', listener);
    return held;
  };
};
