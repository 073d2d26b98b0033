import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Start } from './measured-run.ts';

/** What of the program a start reads: the same on every machine, for one build. */
export type LoadedFiles = { readonly files: number; readonly bytes: number };

/** Runs a program to its end and counts what files it loads as modules, the first one included. */
export const countLoadedFiles = async ({
  words,
  environment,
  folder,
  signal,
}: Start): Promise<LoadedFiles> => {
  const output = path.join(folder, 'loaded-files.json');
  const recorder = pathToFileURL(path.join(import.meta.dirname, 'record-loads.mjs')).href;
  await promisify(execFile)(process.execPath, ['--import', recorder, ...words], {
    cwd: folder,
    env: { ...environment, LOADED_FILES: output },
    signal,
  });
  return JSON.parse(await readFile(output, 'utf8')) as LoadedFiles;
};
