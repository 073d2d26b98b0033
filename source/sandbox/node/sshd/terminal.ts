/** A terminal as a client asks for it. */
export type TerminalSize = { readonly rows: number; readonly columns: number };

/**
 * Words of a command that runs another on a terminal of its own: script(1) makes one, else Python.
 * Without either it runs without, and says so.
 */
export const onTerminal = (command: string, { rows, columns }: TerminalSize): string[] => [
  '/bin/sh',
  '-c',
  launcher,
  'terminal',
  // The size is set from within: outside of the node there is no terminal.
  `stty rows ${clamp(rows)} columns ${clamp(columns)} 2>/dev/null; ${command}`,
];

const launcher = `
if command -v script >/dev/null; then
  exec script --quiet --return --command "$1" /dev/null
elif command -v python3 >/dev/null; then
  exec python3 -c '
import os, pty, sys
status = pty.spawn(["/bin/sh", "-c", sys.argv[1]])
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
' "$1"
fi
echo 'This machine has neither script(1) nor python3: the shell goes on without a terminal.'
exec /bin/sh -c "$1"
`;

/** Words of a command that sets the size of a terminal of the node. */
export const resizeScript = 'stty -F "/dev/pts/$1" rows "$2" columns "$3"';

export const clamp = (count: number): number =>
  Math.min(Math.max(Math.trunc(count) || 24, 1), 1000);

/** A word for a POSIX shell. */
export const shellWord = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
