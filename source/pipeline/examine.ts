import type { NodeConnection } from '../ssh/connection.ts';
import type { CheckResult, CheckTarget } from './checks/check.ts';
import { runChecks } from './checks/checks.ts';
import type { NodeFacts } from './inspection/facts.ts';
import { type Health, healthOf } from './inspection/health.ts';
import { inspectNode } from './inspection/inspect-node.ts';
import type { NodeContext } from './node-context.ts';
import { lastLines } from './output-lines.ts';

const configureServices = 'configure-services.service';

/** What one look at a node found. */
export type Examination = {
  readonly facts: NodeFacts;
  readonly checks: readonly CheckResult[];
  /** The same for people. */
  readonly health: Health;
  /** Whether configure-services is at work: what is amiss may be so for its sake. */
  readonly isBeingConfigured: boolean;
};

/**
 * Looks once, and runs the checks that the configuration adds.
 *
 * @throws PhaseFailure when the node does not let itself be inspected, and what the connection
 * rejects with.
 */
export const examine = async (
  { config, name, scripts }: Pick<NodeContext, 'config' | 'name' | 'scripts'>,
  connection: NodeConnection,
  target: CheckTarget,
  signal: AbortSignal,
): Promise<Examination> => {
  const { directories, services } = target;
  const inspected = { directories, services: [...services, configureServices] };
  const facts = await inspectNode(scripts, connection, inspected, signal);
  const checks = runChecks(facts, target);
  for (const { name: check, command } of config.expectations.commands) {
    const { exitCode, exitSignal, stdout, stderr } = await connection.exec(command, { signal });
    checks.push(
      exitCode === 0
        ? { name: check, status: 'passed', detail: lastLines(stdout, 1)[0] ?? 'exit status 0' }
        : {
            name: check,
            status: 'failed',
            detail: `${lastLines(stderr || stdout, 1)[0] ?? 'no output'} (${exitSignal ?? `exit status ${exitCode}`})`,
            hint: `The configuration expects \`${command}\` to succeed on every node.`,
            pending: true,
          },
    );
  }
  const health = healthOf(facts, checks, { name, services });
  const isBeingConfigured = facts.units.some(
    ({ activeState, id }) => id === configureServices && activeState === 'activating',
  );
  return { facts, checks, health, isBeingConfigured };
};
