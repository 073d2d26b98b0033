/** Values that templates are filled from. */
export type TemplateValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly TemplateValue[]
  | { readonly [name: string]: TemplateValue };

type Part =
  | { readonly text: string }
  | { readonly action: string }
  | {
      readonly block: 'if' | 'range';
      readonly pipeline: string;
      readonly body: Part[];
      readonly otherwise: Part[];
    };

/**
 * Fills a template of Go's text/template, as far as `--format` of docker uses it: fields, `json`,
 * `len`, `index`, `join`, `upper`, `lower`, `eq`, `not`, `if` and `range`.
 *
 * @throws Error naming what the stand-in does not know.
 */
export const fillTemplate = (template: string, value: TemplateValue): string => {
  const tokens = template.split(/(\{\{-?[\s\S]*?-?\}\})/);
  const parts: Part[] = [];
  const stack: { parts: Part[]; target: Part[] }[] = [];
  let target = parts;
  let open: Extract<Part, { block: string }>[] = [];
  for (const token of tokens) {
    const action = /^\{\{-?\s*([\s\S]*?)\s*-?\}\}$/.exec(token)?.[1];
    if (action === undefined) {
      target.push({ text: token });
      continue;
    }
    const block = /^(if|range)\s+([\s\S]+)$/.exec(action);
    if (block !== null) {
      const part = {
        block: block[1] === 'if' ? ('if' as const) : ('range' as const),
        pipeline: block[2] ?? '',
        body: [],
        otherwise: [],
      };
      target.push(part);
      stack.push({ parts, target });
      open.push(part);
      target = part.body;
    } else if (action === 'else') {
      target = open.at(-1)?.otherwise ?? fail('unexpected {{else}}');
    } else if (action === 'end') {
      target = stack.pop()?.target ?? fail('unexpected {{end}}');
      open = open.slice(0, -1);
    } else {
      target.push({ action });
    }
  }
  if (stack.length > 0) fail('unexpected EOF');
  return render(parts, value);
};

const render = (parts: readonly Part[], dot: TemplateValue): string =>
  parts
    .map((part) => {
      if ('text' in part) return part.text;
      if ('action' in part) return print(evaluate(part.action, dot));
      const value = evaluate(part.pipeline, dot);
      if (part.block === 'if') return render(isTrue(value) ? part.body : part.otherwise, dot);
      const items = Array.isArray(value)
        ? value
        : typeof value === 'object' && value !== null
          ? Object.values(value)
          : [];
      return items.length === 0
        ? render(part.otherwise, dot)
        : items.map((item) => render(part.body, item)).join('');
    })
    .join('');

const evaluate = (pipeline: string, dot: TemplateValue): TemplateValue => {
  let piped: TemplateValue[] = [];
  for (const stage of pipeline.split('|')) {
    const words = stage.trim().match(/"(?:[^"\\]|\\.)*"|`[^`]*`|\S+/g) ?? [];
    const [first = '', ...rest] = words;
    const operands = [...rest.map((word) => operand(word, dot)), ...piped];
    piped = [
      /^["`.\d$]/.test(first) || first === 'nil' ? operand(first, dot) : call(first, operands),
    ];
  }
  return piped[0];
};

const operand = (word: string, dot: TemplateValue): TemplateValue => {
  if (word.startsWith('"')) return JSON.parse(word) as string;
  if (word.startsWith('`')) return word.slice(1, -1);
  if (/^-?\d+$/.test(word)) return Number(word);
  if (!word.startsWith('.')) return fail(`not simulated in a template: ${word}`);
  let value = dot;
  for (const name of word.split('.').slice(1)) {
    if (name === '') continue;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return fail(`can't evaluate field ${name}`);
    }
    const fields: { readonly [name: string]: TemplateValue } = value as {
      readonly [name: string]: TemplateValue;
    };
    if (!(name in fields)) return fail(`can't evaluate field ${name} in the sandbox's stand-in`);
    value = fields[name];
  }
  return value;
};

const call = (name: string, operands: readonly TemplateValue[]): TemplateValue => {
  const [first, second] = operands;
  switch (name) {
    case 'json':
      return JSON.stringify(first ?? null);
    case 'len':
      return typeof first === 'string' || Array.isArray(first)
        ? first.length
        : Object.keys(first ?? {}).length;
    case 'index':
      if (Array.isArray(first)) return first[Number(second)];
      return typeof first === 'object' && first !== null
        ? (first as { readonly [name: string]: TemplateValue })[String(second)]
        : undefined;
    case 'join':
      return Array.isArray(first) ? first.map(print).join(print(second)) : print(first);
    case 'upper':
      return print(first).toUpperCase();
    case 'lower':
      return print(first).toLowerCase();
    case 'println':
      return `${operands.map(print).join(' ')}\n`;
    case 'print':
      return operands.map(print).join('');
    case 'eq':
      return operands.slice(1).some((other) => other === first);
    case 'ne':
      return first !== second;
    case 'not':
      return !isTrue(first);
    case 'and':
      return operands.find((value) => !isTrue(value)) ?? operands.at(-1);
    case 'or':
      return operands.find(isTrue) ?? operands.at(-1);
    default:
      return fail(`function "${name}" not defined in the sandbox's stand-in`);
  }
};

const isTrue = (value: TemplateValue): boolean => {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
};

const print = (value: TemplateValue): string => {
  if (value === null || value === undefined) return '<no value>';
  if (Array.isArray(value)) return `[${value.map(print).join(' ')}]`;
  if (typeof value === 'object') {
    return `map[${Object.entries(value)
      .map(([name, item]) => `${name}:${print(item)}`)
      .join(' ')}]`;
  }
  return String(value);
};

const fail = (message: string): never => {
  throw new Error(message);
};
