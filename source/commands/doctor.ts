import { moreLines, type Topic } from '../events/topic.ts';
import type { ExistingNode } from '../fleet/plan.ts';
import { checkTargetOf } from '../pipeline/check-target.ts';
import type { CheckName, CheckResult } from '../pipeline/checks/check.ts';
import { topicOfCheck } from '../pipeline/checks/topic-of-check.ts';
import { withDeadline } from '../pipeline/deadline.ts';
import { examine } from '../pipeline/examine.ts';
import { installedUnits } from '../pipeline/installed-units.ts';
import type { PayloadOutline } from '../pipeline/payload/payload.ts';
import { toPhaseFailure } from '../pipeline/phase-failure.ts';
import { reach } from '../pipeline/phases/connecting.ts';
import { loadRemoteScripts, type RemoteScripts } from '../pipeline/remote-script.ts';
import { cleanText } from '../ssh/clean-text.ts';
import type { NodeConnection } from '../ssh/connection.ts';
import type { RunCommand } from './command.ts';
import { completeHint } from './complete-hints.ts';
import { exitStatus } from './exit-status.ts';
import { noNodes } from './no-nodes.ts';
import { type NodeCommandContext, withNodes } from './node-command.ts';
import { nodeJson, nodeText } from './node-text.ts';
import { payloadIfHere } from './payload-if-here.ts';

/** A check, or a failure on the way to them that knows where to read on. */
type Finding = CheckResult & { readonly topic?: Topic | undefined };

type Diagnosis = {
  readonly node: string;
  readonly ok: boolean;
  readonly checks: readonly Finding[];
};

/** Milliseconds to wait for a node that does not answer: what is asked for is its state now. */
const longestWait = 30_000;

/** Examines nodes once and says of each check how it went. */
export const run: RunCommand = (invocation) =>
  withNodes(invocation, async (context) => {
    const { nodes, workspace } = context;
    const { options, stdout } = invocation;
    const [payload, scripts] = await Promise.all([
      payloadIfHere(invocation, workspace.config),
      loadRemoteScripts(invocation.templatesFolder),
    ]);
    const diagnoses = await Promise.all(
      nodes.map((node) => diagnose(context, node, { payload, scripts })),
    );
    if (options.json) {
      stdout.write(
        `${nodeJson({
          nodes: diagnoses.map(({ node, ok, checks }) => ({
            node,
            ok,
            checks: checks.map(({ name, status, detail, hint }) => ({
              name,
              status,
              detail,
              ...(hint === undefined ? {} : { hint }),
            })),
          })),
        })}\n`,
      );
    } else if (nodes.length === 0) {
      stdout.write(noNodes(invocation, workspace.config));
    } else {
      const lines = [
        ...diagnoses.flatMap(diagnosisLines),
        ...totalLines(diagnoses),
        ...moreLines(diagnoses.flatMap(topicsOf)),
      ];
      stdout.write(`${nodeText(invocation, lines.join('\n'))}\n`);
    }
    return diagnoses.every(({ ok }) => ok) ? exitStatus.success : exitStatus.failure;
  });

const diagnose = async (
  context: NodeCommandContext,
  node: ExistingNode,
  parts: { payload: PayloadOutline | undefined; scripts: RemoteScripts },
): Promise<Diagnosis> => {
  const checks = await checkNode(context, node, parts);
  return {
    node: node.name,
    ok: checks.every(({ status }) => status !== 'failed'),
    checks: checks.map(({ hint, ...check }) => ({
      ...check,
      ...(hint === undefined
        ? {}
        : { hint: completeHint(context.invocation.options, hint.replaceAll('NODE', node.name)) }),
    })),
  };
};

/** Every failure on the way to the checks is the result of one. */
const checkNode = async (
  { access, signal, workspace: { config } }: NodeCommandContext,
  { instance, name }: ExistingNode,
  { payload, scripts }: { payload: PayloadOutline | undefined; scripts: RemoteScripts },
): Promise<Finding[]> => {
  const failed = (name: CheckName, error: unknown): Finding => {
    signal.throwIfAborted();
    const { reason, hint, topic } = toPhaseFailure(error);
    return { name, status: 'failed', detail: reason, hint, topic };
  };
  let connection: NodeConnection | undefined;
  try {
    connection = access.connect(instance);
    await reach(connection, {
      patience: Math.min(config.timeouts.connecting, longestWait),
      signal,
    });
  } catch (error) {
    connection?.close();
    return [failed('ssh', error)];
  }
  const { host, port } = connection.target;
  const ssh: CheckResult = { name: 'ssh', status: 'passed', detail: `${host} port ${port}` };
  try {
    const checks = await withDeadline(config.timeouts.verifying, signal, async (bounded) => {
      const files = payload ?? {
        services: await installedUnits(connection, bounded),
        containers: [],
      };
      const target = checkTargetOf(config, files, { exactFiles: false });
      return (await examine({ config, name, scripts }, connection, target, bounded)).checks;
    });
    return [ssh, ...checks];
  } catch (error) {
    return [ssh, failed('inspection', error)];
  } finally {
    connection.close();
  }
};

const glyphs = { passed: '✔', failed: '✖', skipped: '-' } as const;

const diagnosisLines = ({ node, ok, checks }: Diagnosis): string[] => [
  `${node}: ${ok ? 'all well' : `${checks.filter(({ status }) => status === 'failed').length} failed`}`,
  ...checks.flatMap(({ name, status, detail, hint }) => [
    cleanText(`  ${glyphs[status]} ${name}: ${detail}`),
    ...(status === 'failed' && hint !== undefined ? [cleanText(`      ${hint}`)] : []),
  ]),
];

/** Where to read on about what has failed. */
const topicsOf = ({ checks }: Diagnosis): Topic[] =>
  checks.flatMap(({ name, status, topic }) =>
    status === 'failed' ? [topic ?? topicOfCheck(name)] : [],
  );

/** What comes of all of them, where they are more than one glance. */
const totalLines = (diagnoses: readonly Diagnosis[]): string[] => {
  if (diagnoses.length < 2) return [];
  const well = diagnoses.filter(({ ok }) => ok).length;
  return [`${diagnoses.length} nodes: ${well} ok, ${diagnoses.length - well} with failed checks`];
};
