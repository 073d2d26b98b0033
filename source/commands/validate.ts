import { ConfigError, formatIssue } from '../config/issue.ts';
import { checkPaths } from '../config/paths.ts';
import { moreLines, type Topic, topicOfError } from '../events/topic.ts';
import { buildPayload, outlinePayload } from '../pipeline/payload/payload.ts';
import { noSecrets, type PayloadSecrets } from '../pipeline/payload/secrets.ts';
import { buildUserData } from '../pipeline/user-data.ts';
import { createKeyMap } from '../ui/keys/key-map.ts';
import type { Invocation, RunCommand } from './command.ts';
import { completeHint } from './complete-hints.ts';
import { type ExitStatus, exitStatus, exitStatusOf } from './exit-status.ts';
import { withInterruption } from './interruption.ts';
import { type JumpAccess, jumpHostName, tryJumpHost } from './jump-host.ts';
import { openNodeAccess } from './node-access.ts';
import { readPublicKey } from './public-key.ts';
import { lookUpSecrets } from './whole-payload.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** Checks everything that `create` needs, and launches nothing. */
export const run: RunCommand = (invocation) =>
  withInterruption(invocation, async (signal) => {
    const workspace = await openWorkspace(invocation, signal);
    return validate(invocation, workspace, signal);
  });

type Finding = {
  readonly name: string;
  readonly ok: boolean;
  /** Something that stops nothing, and is not as it was meant. */
  readonly warning?: true;
  readonly detail: string;
  readonly hint?: string;
  /** Where to read on. */
  readonly topic?: Topic | undefined;
};

const validate = async (
  invocation: Invocation,
  workspace: Workspace,
  signal: AbortSignal,
): Promise<ExitStatus> => {
  const { config, clouds, issueAt } = workspace;
  const { options, stdout, templatesFolder } = invocation;
  const findings: Finding[] = [];
  /** Some checks take their time: what is known is said at once. */
  const found = (finding: Finding): void => {
    findings.push(finding);
    if (!options.json) stdout.write(`${findingLines(finding).join('\n')}\n`);
  };
  let status: ExitStatus = exitStatus.success;
  const examine = async (name: string, action: () => Promise<string>): Promise<void> => {
    try {
      found({ name, ok: true, detail: await action() });
    } catch (error) {
      if (signal.aborted) throw error;
      status = Math.max(status, exitStatusOf(error));
      if (error instanceof ConfigError) {
        const { topic = 'usage' } = error;
        for (const issue of error.issues) {
          found({ name, ok: false, detail: formatIssue(issue), topic });
        }
        return;
      }
      found({
        name,
        ok: false,
        detail: error instanceof Error ? error.message : String(error),
        ...(error instanceof Error && 'hint' in error && typeof error.hint === 'string'
          ? { hint: completeHint(options, error.hint), topic: topicOfError(error) }
          : {}),
      });
    }
  };

  /** Undefined where one of them can't be used; of those that can, only the names are told. */
  const examineSecrets = async (): Promise<PayloadSecrets | undefined> => {
    const names = Object.keys(config.secrets);
    if (names.length === 0) return noSecrets;
    let secrets: PayloadSecrets | undefined;
    await examine('secrets', async () => {
      secrets = await lookUpSecrets(invocation, workspace, signal);
      return names.join(', ');
    });
    return secrets;
  };

  const examineJumpHost = (jump: JumpAccess): Promise<void> =>
    examine(jumpHostName(jump), () => tryJumpHost(jump, signal));

  found({ name: 'configuration', ok: true, detail: `deployment ${config.deployment}` });
  for (const detail of createKeyMap({ overrides: config.keys ?? {} }).problems) {
    found({ name: 'keys', ok: true, warning: true, detail });
  }
  for (const issue of await checkPaths(config, issueAt)) {
    status = Math.max(status, exitStatus.usage);
    found({ name: 'paths', ok: false, detail: formatIssue(issue) });
  }
  if (status === exitStatus.success) {
    const secrets = await examineSecrets();
    await examine('payload', async () => {
      if (secrets === undefined) {
        const { services } = await outlinePayload(config, templatesFolder);
        return `${counted(services.length, 'unit')}, and files that wait for the secrets`;
      }
      const payload = await buildPayload(config, templatesFolder, secrets);
      const { archive, files, services, warnings } = payload;
      for (const warning of warnings) invocation.stderr.write(`warning: ${warning}\n`);
      return `${counted(files.length, 'file')}, ${counted(services.length, 'unit')}, ${Math.ceil(archive.length / 1024)} KiB compressed`;
    });
    let jump: JumpAccess | undefined;
    await examine('key', async () => {
      ({ jump } = await openNodeAccess(invocation, workspace, signal));
      return config.ssh.privateKeyPath ?? 'from the SSH agent';
    });
    if (jump !== undefined) await examineJumpHost(jump);
    let userData = '';
    await examine('user data', async () => {
      const built = await buildUserData(config, templatesFolder, await readPublicKey(config));
      userData = built.userData;
      return `${Buffer.byteLength(userData)} of 16384 bytes`;
    });
    for (const cloud of userData === '' ? [] : clouds) {
      const launch = { count: 1, userData };
      await examine(cloud.region, async () => {
        await cloud.rehearse(launch, signal);
        return 'credentials and permissions suffice';
      });
    }
  }
  if (options.json) {
    const told = findings.map(({ topic: _topic, ...finding }) => finding);
    stdout.write(`${JSON.stringify({ deployment: config.deployment, findings: told })}\n`);
  } else {
    for (const line of moreLines(findings.map(({ topic }) => topic))) stdout.write(`${line}\n`);
  }
  return status;
};

const counted = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? '' : 's'}`;

const markOf = (ok: boolean, warning = false): string => (warning ? '⚠' : ok ? '✔' : '✖');

const findingLines = ({ name, ok, detail, hint, warning }: Finding): string[] => [
  // What EC2 says begins with the region as it is, and what is said of a key with its option.
  `${markOf(ok, warning)} ${/^[:.]/.test(detail.slice(name.length)) && detail.startsWith(name) ? '' : `${name}: `}${detail}`,
  ...(hint === undefined ? [] : [`    ${hint}`]),
];
