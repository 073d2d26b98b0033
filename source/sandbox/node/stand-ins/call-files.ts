import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { Socket } from 'node:net';

/** Reads a file that the node made, with its owner; never a link, and none larger than so many bytes. */
export const readSmall = async (
  file: string,
  maximum: number,
): Promise<{ readonly text: string; readonly owner: number }> => {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const status = await handle.stat();
    if (!status.isFile() || status.size > maximum) throw new Error('it is no file, or too large');
    return { text: await handle.readFile('utf8'), owner: status.uid };
  } finally {
    await handle.close();
  }
};

/** Opens a pipe that the node made; never waits for the other end. */
export const openPipe = (file: string, purpose: 'read' | 'write' | 'watch'): Socket => {
  // Our own second end keeps a pipe from ending, or from refusing, while nobody else has it open.
  const mode = purpose === 'watch' ? constants.O_RDONLY : constants.O_RDWR;
  const descriptor = openSync(file, mode | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  if (!fstatSync(descriptor).isFIFO()) {
    closeSync(descriptor);
    throw new Error('it is no pipe');
  }
  const writes = purpose === 'write';
  return new Socket({ fd: descriptor, readable: !writes, writable: writes });
};

/** Writes a file that must not be there yet. */
export const writeNew = async (file: string, text: string): Promise<void> => {
  const handle = await open(
    file,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o644,
  );
  try {
    await handle.writeFile(text);
  } finally {
    await handle.close();
  }
};

/** Settles when all that was written has been taken. */
export const drained = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed) resolve();
    socket.once('close', () => resolve());
    socket.write('', () => resolve());
  });

/** Removes files, those that are not there included. */
export const removeFiles = async (files: readonly string[]): Promise<void> => {
  await Promise.all(
    files.map((file) =>
      unlink(file).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
      }),
    ),
  );
};
