import { createHash } from 'node:crypto';
import { invalidValue, missingParameter } from './failure.ts';

type Branch = { value?: string; read: boolean; readonly children: Map<string, Branch> };

/**
 * The parameters of a request as the tree that their dotted names spell: `Filter.1.Value.2=x`.
 * Remembers what was read, so that what nobody understands can be refused.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
 */
export class Parameters {
  readonly #branch: Branch;
  readonly #path: string;

  private constructor(branch: Branch, path: string) {
    this.#branch = branch;
    this.#path = path;
  }

  /** Reads a form-encoded body. */
  static parse(body: string): Parameters {
    const root = emptyBranch();
    for (const [name, value] of new URLSearchParams(body)) {
      let branch = root;
      for (const part of name.split('.')) {
        const next = branch.children.get(part) ?? emptyBranch();
        branch.children.set(part, next);
        branch = next;
      }
      branch.value = value;
    }
    return new Parameters(root, '');
  }

  text(name: string): string | undefined {
    const branch = this.#branch.children.get(name);
    if (branch === undefined) return undefined;
    branch.read = true;
    return branch.value;
  }

  /** @throws Ec2Failure `MissingParameter` */
  required(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === '') throw missingParameter(this.#nameOf(name));
    return value;
  }

  /** @throws Ec2Failure `InvalidParameterValue` for what is no whole number */
  integer(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^-?\d+$/.test(value)) throw invalidValue(`Invalid value '${value}' for ${name}.`);
    return Number(value);
  }

  /** @throws Ec2Failure `InvalidParameterValue` for what is neither `true` nor `false` */
  flag(name: string): boolean | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (value === 'true') return true;
    if (value === 'false') return false;
    throw invalidValue(`Invalid value '${value}' for ${name}. Expected true or false.`);
  }

  /** Milliseconds since the Unix epoch. */
  time(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const time = Date.parse(value);
    if (Number.isNaN(time)) throw invalidValue(`Invalid value '${value}' for ${name}.`);
    return time;
  }

  /** `Name.1=a&Name.2=b` */
  texts(name: string): string[] {
    return this.#members(name).flatMap(([, branch]) => {
      branch.read = true;
      return branch.value === undefined ? [] : [branch.value];
    });
  }

  /** `Name.Member=a` */
  structure(name: string): Parameters | undefined {
    const branch = this.#branch.children.get(name);
    if (branch === undefined) return undefined;
    branch.read = true;
    return new Parameters(branch, this.#nameOf(name));
  }

  /** `Name.1.Member=a&Name.2.Member=b` */
  structures(name: string): Parameters[] {
    return this.#members(name).map(([index, branch]) => {
      branch.read = true;
      return new Parameters(branch, `${this.#nameOf(name)}.${index}`);
    });
  }

  /** Takes parameters that make no difference here, with everything below them. */
  accept(...names: string[]): void {
    for (const name of names) {
      const branch = this.#branch.children.get(name);
      if (branch !== undefined) markRead(branch);
    }
  }

  /** Names of what nobody has read. */
  unread(): string[] {
    return unreadBelow(this.#branch, this.#path);
  }

  /** Digest of all parameters but the named ones. */
  fingerprint(except: readonly string[]): string {
    const lines: string[] = [];
    for (const [name, branch] of this.#branch.children) {
      if (!except.includes(name)) collect(branch, name, lines);
    }
    return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
  }

  #nameOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  #members(name: string): [number, Branch][] {
    const list = this.#branch.children.get(name);
    if (list === undefined) return [];
    list.read = true;
    return [...list.children]
      .filter(([index]) => /^\d+$/.test(index))
      .map(([index, branch]): [number, Branch] => [Number(index), branch])
      .sort(([first], [second]) => first - second);
  }
}

const emptyBranch = (): Branch => ({ read: false, children: new Map() });

const markRead = (branch: Branch): void => {
  branch.read = true;
  for (const child of branch.children.values()) markRead(child);
};

const unreadBelow = (branch: Branch, path: string): string[] => {
  const own = branch.value !== undefined && !branch.read ? [path] : [];
  const below = [...branch.children].flatMap(([name, child]) =>
    unreadBelow(child, path === '' ? name : `${path}.${name}`),
  );
  return [...own, ...below];
};

const collect = (branch: Branch, path: string, lines: string[]): void => {
  if (branch.value !== undefined) lines.push(JSON.stringify([path, branch.value]));
  for (const [name, child] of branch.children) collect(child, `${path}.${name}`, lines);
};
