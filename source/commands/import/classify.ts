import path from 'node:path';
import { isUnit } from '../../pipeline/payload/collect-files.ts';
import { codeOf } from './file-text.ts';
import type { LeftOut } from './left-out.ts';
import type { OldFile } from './old-file.ts';
import { holdsSecret } from './secret.ts';
import type { Upload } from './uploads.ts';

/** A file of the new deployment's folder. */
export type NewFile = {
  /** Path in the folder, with forward slashes. */
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
  /** Whether git is kept from it. */
  readonly isSecret: boolean;
  /** Where it came from; absent for what the import made. */
  readonly from?: string;
};

export type Classified = {
  readonly files: readonly NewFile[];
  readonly leftOut: readonly LeftOut[];
};

type Rule = { readonly pattern: RegExp; readonly leftOut: Omit<LeftOut, 'what'> };

/** What spot-tui does by itself or nobody needs, by the file's name; unless something runs it. */
const rules: readonly Rule[] = [
  {
    pattern: /(?:~|\.(?:orig|bak|backup|old|swp|pyc|tmp|example|sample)|_example)$/,
    leftOut: { reason: 'an example or an old copy: nothing reads it' },
  },
  {
    pattern: /^deploy_services\.py$/,
    leftOut: {
      reason: 'moved the upload into place and rebooted the node',
      instead: 'configure-services does that on every node, without a reboot',
    },
  },
  {
    pattern: /^(?:debug_|quick_debug|collect-debug-logs|verify_docker|check_)/,
    leftOut: { reason: 'looks at a node by hand', instead: 'spot-tui doctor, logs and exec' },
  },
];

const ownUnit: Omit<LeftOut, 'what'> = {
  reason: 'nodes have a configure-services of their own',
  instead: 'spot-tui configure runs it again',
};

/**
 * Says of each upload where it goes, or why it goes nowhere. Scripts that begin with `#!` become
 * executable, as the old system made them on the node; secrets are readable for their owner only.
 */
export const classify = (uploads: readonly Upload[]): Classified => {
  const leftOut: LeftOut[] = [];
  const kept: Upload[] = [];
  const runs = uploads.filter(({ file }) => isCode(file) && ruleOf(file) === undefined);
  for (const upload of uploads) {
    const name = path.posix.basename(upload.file.path);
    const rule = ruleOf(upload.file);
    if (name === 'configure-services.service') {
      leftOut.push({ what: [upload.file.path], ...ownUnit });
    } else if (rule !== undefined && !runs.some(({ file }) => codeOf(file).includes(name))) {
      leftOut.push({ what: [upload.file.path], ...rule.leftOut });
    } else {
      kept.push(upload);
    }
  }

  const files = new Map<string, NewFile>();
  for (const { file, to } of kept) {
    const target = placeOf(to);
    const earlier = files.get(target);
    if (earlier?.from !== undefined) {
      leftOut.push({
        what: [earlier.from],
        reason: earlier.content.equals(file.content)
          ? `the same as ${file.path}`
          : `${file.path} lands in the same place, as it did before`,
      });
    }
    files.set(target, newFile(file, target));
  }
  return { files: [...files.values()], leftOut };
};

const newFile = (file: OldFile, target: string): NewFile => {
  const isSecret = holdsSecret(target, file.content);
  const isScript =
    /^(?:scripts|files\/instance-files)\//.test(target) &&
    file.content.subarray(0, 2).toString() === '#!';
  return {
    path: target,
    content: file.content,
    mode: isSecret ? file.mode & 0o700 : isScript ? file.mode | 0o111 : file.mode,
    isSecret,
    from: file.path,
  };
};

/** Units among the scripts have a folder of their own now. */
const placeOf = (to: string): string => {
  const name = to.replace(/^scripts\//, '');
  return name !== to && isUnit(name) ? `services/${name}` : to;
};

const ruleOf = (file: OldFile): Rule | undefined =>
  rules.find(({ pattern }) => pattern.test(path.posix.basename(file.path)));

const isCode = ({ content, path: file }: OldFile): boolean =>
  content.subarray(0, 2).toString() === '#!' || /\.(?:sh|py|service|timer|socket)$/.test(file);
