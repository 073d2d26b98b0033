import type { ExistingNode } from '../fleet/plan.ts';
import { checkTargetOf } from '../pipeline/check-target.ts';
import type { CheckResult } from '../pipeline/checks/check.ts';
import { withDeadline } from '../pipeline/deadline.ts';
import { buildPayload, type Payload } from '../pipeline/payload/payload.ts';
import { toPhaseFailure } from '../pipeline/phase-failure.ts';
import { examine } from '../pipeline/phases/verifying.ts';
import { loadRemoteScripts } from '../pipeline/remote-script.ts';
import type { RunCommand } from './command.ts';
import { exitStatus } from './exit-status.ts';
import { type NodeCommandContext, withNodes } from './node-command.ts';

type Diagnosis = {
  readonly node: string;
  readonly ok: boolean;
  readonly checks: readonly CheckResult[];
};

/** Examines nodes once and says of each check how it went. */
export const run: RunCommand = (invocation) =>
  withNodes(invocation, async (context) => {
    const { nodes, workspace } = context;
    const { options, stdout } = invocation;
    const [payload, scripts] = await Promise.all([
      buildPayload(workspace.config, invocation.templatesFolder),
      loadRemoteScripts(invocation.templatesFolder),
    ]);
    const diagnoses = await Promise.all(
      nodes.map((node) => diagnose(context, node, { payload, scripts })),
    );
    if (options.json) {
      stdout.write(
        `${JSON.stringify({
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
      stdout.write(
        `${workspace.config.deployment} has no nodes. \`spot-tui create\` makes them.\n`,
      );
    } else {
      stdout.write(`${diagnoses.flatMap(diagnosisLines).join('\n')}\n`);
    }
    return diagnoses.every(({ ok }) => ok) ? exitStatus.success : exitStatus.failure;
  });

const diagnose = async (
  { access, signal, workspace: { config } }: NodeCommandContext,
  { name, instance }: ExistingNode,
  {
    payload,
    scripts,
  }: { payload: Payload; scripts: Awaited<ReturnType<typeof loadRemoteScripts>> },
): Promise<Diagnosis> => {
  let checks: CheckResult[];
  try {
    const connection = access.connect(instance);
    try {
      checks = [
        { name: 'ssh', status: 'passed', detail: `${instance.address}` },
        ...(await withDeadline(config.timeouts.connecting, signal, (bounded) =>
          examine(
            { config, scripts },
            connection,
            checkTargetOf(config, payload, { exactFiles: false }),
            bounded,
          ),
        )),
      ];
    } finally {
      connection.close();
    }
  } catch (error) {
    if (signal.aborted) throw error;
    const { reason, hint } = toPhaseFailure(error);
    checks = [{ name: 'ssh', status: 'failed', detail: reason, hint }];
  }
  return { node: name, ok: checks.every(({ status }) => status !== 'failed'), checks };
};

const glyphs = { passed: '✔', failed: '✖', skipped: '-' } as const;

const diagnosisLines = ({ node, ok, checks }: Diagnosis): string[] => [
  `${node}: ${ok ? 'all well' : `${checks.filter(({ status }) => status === 'failed').length} failed`}`,
  ...checks.flatMap(({ name, status, detail, hint }) => [
    `  ${glyphs[status]} ${name}: ${detail}`,
    ...(status === 'failed' && hint !== undefined ? [`      ${hint}`] : []),
  ]),
];
