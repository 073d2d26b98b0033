// Preloaded: writes how many files the program has loaded as modules, and their size, at its end.
import { statSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const loaded = new Set();
registerHooks({
  load: (url, context, nextLoad) => {
    if (url.startsWith('file:')) loaded.add(fileURLToPath(url));
    return nextLoad(url, context);
  },
});
process.on('exit', () => {
  const bytes = [...loaded].reduce((sum, file) => sum + statSync(file).size, 0);
  writeFileSync(process.env.LOADED_FILES, JSON.stringify({ files: loaded.size, bytes }));
});
