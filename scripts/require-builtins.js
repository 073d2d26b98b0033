// Node's own modules by `require`: `import` reads every one of their exports, and reading some of
// them, such as the WebSocket of `http`, loads a good part of Node. That takes 40 ms in all.
import { isBuiltin } from 'node:module';

/** What CommonJS finds in its modules. */
const requireHere =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";
const folderHere = 'const __dirname=import.meta.dirname;';

/** As esbuild writes them: `import a,{b as c}from"node:fs";`. */
const statement =
  /(?<=^|[;}\n])import(?: ([\w$]+))?,?(?:\*as ([\w$]+)|\{([^{}]*)\})?(?: ?from)?"([\w:/]+)";?/g;

/**
 * @param text One file of a build that is minified but for its names.
 * @param imports What the build's metafile says of the file's imports.
 */
export const requireBuiltins = (text, imports) => {
  const declarations = [];
  let count = 0;
  const rest = text.replace(statement, (whole, standard, namespace, names, module) => {
    if (!isBuiltin(module)) return whole;
    count += 1;
    const required = `require(${JSON.stringify(module)})`;
    if (standard !== undefined) declarations.push(`${standard}=${required}`);
    if (namespace !== undefined) declarations.push(`${namespace}=${required}`);
    if (names) declarations.push(`{${names.replaceAll(' as ', ':')}}=${required}`);
    return '';
  });
  const all = rest.replace(/\bimport\("([\w:/]+)"\)/g, (whole, module) =>
    isBuiltin(module) ? `Promise.resolve(require(${JSON.stringify(module)}))` : whole,
  );
  const expected = imports.filter(
    ({ external, kind, path }) => external && kind === 'import-statement' && isBuiltin(path),
  ).length;
  if (count !== expected) {
    throw new Error(`found ${count} of the ${expected} imports of Node's modules`);
  }
  const constants = declarations.length === 0 ? '' : `const ${declarations.join(',')};`;
  const isNeeded = constants !== '' || /\brequire\b/.test(all);
  const needsFolder = /\b__dirname\b/.test(all);
  const header = (isNeeded ? requireHere : '') + (needsFolder ? folderHere : '') + constants;
  const [shebang] = /^(?:#!.*\n)?/.exec(all) ?? [''];
  return `${shebang}${header}\n${all.slice(shebang.length)}`;
};
