/**
 * Variables of a file that `EnvironmentFile=` names (systemd.exec(5)): `NAME=value` a line, quotes
 * and continued lines as in a shell, but nothing is expanded.
 */
export const parseEnvironmentFile = (text: string): Record<string, string> => {
  const variables: Record<string, string> = {};
  const joined = text.replace(/\\\r?\n/g, '');
  for (const raw of joined.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const at = line.indexOf('=');
    const name = line.slice(0, at).trim();
    if (at < 0 || !/^[A-Za-z_]\w*$/.test(name)) continue;
    variables[name] = unquote(line.slice(at + 1).trim());
  }
  return variables;
};

const unquote = (value: string): string => {
  const single = /^'([^']*)'/.exec(value)?.[1];
  if (single !== undefined) return single;
  const double = /^"((?:[^"\\]|\\[\s\S])*)"/.exec(value)?.[1];
  if (double !== undefined) return double.replace(/\\(["\\`$])/g, '$1');
  return value.replace(/\\(.)/g, '$1');
};
