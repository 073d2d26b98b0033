import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import { cacheFolder, type Environment } from '../config/state-folders.ts';

declare const __BUILD__: string | undefined;

/** Milliseconds after which nobody is expected to run another build any more. */
const keptFor = 7 * 24 * 60 * 60_000;

/**
 * Lets Node keep what it compiles from now on for the next start, in the user's cache folder. Where
 * that can't be written every start compiles anew, as does a program that nobody has built.
 */
export const keepCompiledCode = (environment: Environment): void => {
  // The function is not there before Node 22.1.
  if (typeof __BUILD__ === 'undefined' || !('enableCompileCache' in module)) return;
  const root = path.join(cacheFolder(environment), 'compiled');
  const folder = path.join(root, __BUILD__);
  if (!existsSync(folder)) forgetOldBuilds(root);
  module.enableCompileCache(folder);
};

/** Nothing else would ever remove what was compiled of builds that are gone. */
const forgetOldBuilds = (root: string): void => {
  try {
    for (const name of readdirSync(root)) {
      const folder = path.join(root, name);
      if (Date.now() - statSync(folder).mtimeMs > keptFor) rmSync(folder, { recursive: true });
    }
  } catch {
    // It isn't there yet, or can't be read: then nothing is kept in it either.
  }
};
