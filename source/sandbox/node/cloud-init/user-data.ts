import { parseDocument } from 'yaml';

/** What user data comes to. */
export type UserData = {
  /** The merged cloud-config; empty where there is none. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Scripts that run at the end of the first boot. */
  readonly scripts: readonly { readonly name: string; readonly text: string }[];
  /** What could not be used, in cloud-init's words. */
  readonly warnings: readonly string[];
};

/**
 * Reads user data: cloud-config, a script, or several of them as MIME parts.
 * https://docs.cloud-init.io/en/latest/explanation/format.html
 */
export const readUserData = (text: string): UserData => {
  const parts = text.startsWith('Content-Type: multipart/') ? mimeParts(text) : [text];
  const config: Record<string, unknown> = {};
  const scripts: { name: string; text: string }[] = [];
  const warnings: string[] = [];
  for (const [index, part] of parts.entries()) {
    const first = part.trimStart().split('\n', 1)[0]?.trim() ?? '';
    if (first === '') continue;
    if (first.startsWith('#cloud-config')) {
      const document = parseDocument(part);
      const [problem] = document.errors;
      const value: unknown = problem === undefined ? document.toJS() : undefined;
      if (problem !== undefined) {
        warnings.push(
          `Failed at merging in cloud config part from part-${index + 1}: ${problem.message.split('\n')[0]}`,
        );
      } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        Object.assign(config, value);
      } else if (value !== null && value !== undefined) {
        warnings.push(`part-${index + 1} is no mapping`);
      }
    } else if (first.startsWith('#!')) {
      scripts.push({ name: `part-${String(index + 1).padStart(3, '0')}`, text: part });
    } else {
      warnings.push(
        `Unhandled non-multipart (text/x-not-multipart) userdata: '${first.slice(0, 40)}...'`,
      );
    }
  }
  return { config, scripts, warnings };
};

/** Bodies of a multipart message, those in base64 decoded. */
const mimeParts = (text: string): string[] => {
  const boundary = /boundary="?([^"\s;]+)"?/.exec(text)?.[1];
  if (boundary === undefined) return [];
  return text
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const [head = '', ...rest] = part.replace(/^\r?\n/, '').split(/\r?\n\r?\n/);
      const body = rest.join('\n\n');
      return /content-transfer-encoding:\s*base64/i.test(head)
        ? Buffer.from(body, 'base64').toString('utf8')
        : body;
    });
};
