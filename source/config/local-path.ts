import path from 'node:path';

/** Where relative paths begin, and what `~` stands for. */
export type PathBase = { readonly folder: string; readonly home: string };

/** An absolute path from one that the user wrote. */
export const resolveLocalPath = (written: string, { folder, home }: PathBase): string =>
  path.resolve(
    folder,
    written.replace(/^~(?=$|[/\\])/, () => home),
  );
