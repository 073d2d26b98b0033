import type { NewFile } from './classify.ts';
import { codeOf, isRun, namesOf } from './file-text.ts';

/** What the old program put on every node by itself, and the scripts rely on. */
export type NodeNeeds = {
  /** Debian packages that Ubuntu's image lacks. */
  readonly packages: readonly string[];
  /** Commands for `runcmd`, each with a line about it. */
  readonly commands: readonly { readonly command: string; readonly why: string }[];
  /** What that means for a first try: complete sentences without a full stop. */
  readonly cautions: readonly string[];
};

const packageWords: readonly (readonly [name: string, word: RegExp])[] = [
  ['jq', /(?:^|[\s|;(`])jq\s/m],
  ['python3-pip', /(?:^|[\s/|;(`])pip3?\s+install\b/m],
  ['unzip', /(?:^|[\s/|;(`])unzip\s/m],
];

const usesUv = /(?:^|[\s/"'`])uv\s+(?:run|pip|sync|tool)\b|\buvx\s|\/bin\/uv\b/m;
const installsUv = /astral\.sh\/uv/;
const logFile = /\/opt\/(?:startup|deployment)\.log\b/g;

/**
 * Finds out what the scripts and units need on a node.
 *
 * @param template The cloud-config that is there already, which may do some of it.
 */
export const findNodeNeeds = (files: readonly NewFile[], template: string): NodeNeeds => {
  const run = files.filter(isRun);
  const users = run.filter((file) => usesUv.test(codeOf(file)));
  const logs = [
    ...new Set(run.flatMap((file) => [...codeOf(file).matchAll(logFile)].map(([name]) => name))),
  ].sort();
  const commands: NodeNeeds['commands'][number][] = [];
  if (logs.length > 0) {
    commands.push({
      command: `touch ${logs.join(' ')} && chmod 0666 ${logs.join(' ')}`,
      why: 'the log that scripts of any user write to',
    });
  }
  if (users.length > 0) {
    const link =
      'if command -v uv >/dev/null; then ln -sfn "$(command -v uv)" /usr/bin/uv; else echo "uv could not be installed" >&2; false; fi';
    const install =
      'curl -LsSf https://astral.sh/uv/install.sh | env HOME=/root UV_INSTALL_DIR=/usr/local/bin UV_NO_MODIFY_PATH=1 sh';
    commands.push({
      command: installsUv.test(template) ? link : `command -v uv >/dev/null || ${install}; ${link}`,
      why: `uv, which runs ${namesOf(users)}`,
    });
  }
  const ownInstall = run.some((file) => /apt(?:-get)?\s[^\n]*install/.test(codeOf(file)));
  return {
    packages: packageWords
      .filter(([, word]) => run.some((file) => word.test(codeOf(file))))
      .map(([name]) => name)
      .filter((name) => !ownInstall || !run.some((file) => codeOf(file).includes(` ${name} `))),
    commands,
    cautions:
      users.length === 0
        ? []
        : [
            `${namesOf(users)}: run by uv, which cloud-init.yaml gets from astral.sh on each node, as the old deployer did. Nodes of the sandbox reach no network: there that fails`,
          ],
  };
};
