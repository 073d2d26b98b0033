import type { UnitFacts } from '../inspection/facts.ts';
import type { Check, CheckResult } from './check.ts';

/** Restarts after which a service is taken for one that will not come up by itself. */
const crashLoop = 3;

/** Seconds after which a service that has run on is none of those, whatever was before. */
const steadyTime = 60;

/** Every expected unit runs, and has run for a while; failed ones first, since others wait for them. */
export const checkServices: Check<string> = ({ units, uptime }, { services, settleTime }) =>
  services
    .map((service) => {
      const unit = units.find(({ id }) => id === service);
      return unit === undefined
        ? missing(service)
        : judge(unit, { uptime, settleTime: settleTime / 1000 });
    })
    .sort((a, b) => severity(a) - severity(b));

const severity = ({ status, pending }: CheckResult): number =>
  status === 'failed' ? (pending ? 1 : 0) : 2;

/** Whether a command before the main one failed: systemd has no exit status of the main one then. */
const isRefused = ({ exitStatus, result }: UnitFacts): boolean =>
  result === 'exit-code' && exitStatus === 0;

const missing = (service: string): CheckResult => ({
  name: service,
  status: 'failed',
  detail: 'not installed: systemd knows no such unit',
  hint: 'Put the unit file into units_directory, then `spot-tui push`.',
});

const judge = (
  unit: UnitFacts,
  { uptime, settleTime }: { uptime: number; settleTime: number },
): CheckResult => {
  const name = unit.id;
  const logHint = `Look at \`spot-tui logs NODE\` or \`journalctl -u ${name}\` on the node, mend the cause, then \`spot-tui push\`.`;
  if (unit.loadState === 'not-found') return missing(name);
  if (unit.loadState !== 'loaded') {
    return {
      name,
      status: 'failed',
      detail: `systemd can't load it (${unit.loadState})`,
      hint: `Check the unit file with \`systemd-analyze verify ${name}\` on the node, then \`spot-tui push\`.`,
    };
  }
  const activeTime = unit.activeSince > 0 ? Math.max(0, uptime - unit.activeSince) : 0;
  const isSteady = unit.activeState === 'active' && activeTime >= steadyTime;
  if (unit.restarts >= crashLoop && unit.subState !== 'exited' && !isSteady) {
    return {
      name,
      status: 'failed',
      detail: `${
        isRefused(unit)
          ? 'keeps failing before its own command runs (ExecStartPre)'
          : `keeps ending with status ${unit.exitStatus}`
      }, restarted ${unit.restarts} times`,
      hint: logHint,
    };
  }
  switch (unit.activeState) {
    case 'active': {
      const settles = name.endsWith('.service') && unit.subState === 'running';
      return {
        name,
        status: 'passed',
        detail: `active (${unit.subState})`,
        ...(settles && unit.activeSince > 0 && activeTime < settleTime
          ? { pending: true as const }
          : {}),
      };
    }
    case 'failed':
      return {
        name,
        status: 'failed',
        detail: `failed: ${unit.result}, exit status ${unit.exitStatus}`,
        hint: logHint,
      };
    case 'activating':
    case 'deactivating':
    case 'reloading':
      return {
        name,
        status: 'failed',
        detail:
          unit.subState === 'auto-restart'
            ? `${isRefused(unit) ? 'failed before its own command ran (ExecStartPre)' : `ended with status ${unit.exitStatus}`}, systemd starts it again`
            : `still ${unit.activeState} (${unit.subState})`,
        hint: logHint,
        pending: true,
      };
    default:
      if (unit.type === 'oneshot' && unit.invocationId !== '' && unit.result === 'success') {
        return { name, status: 'passed', detail: 'finished' };
      }
      return {
        name,
        status: 'failed',
        detail:
          unit.result === 'success'
            ? `not running (${unit.activeState}): it was stopped, or a unit that it requires failed`
            : `not running: ${unit.result}, exit status ${unit.exitStatus}`,
        ...(unit.result === 'success' ? { endedWell: true as const } : {}),
        hint: `\`spot-tui configure NODE\` starts it again; ${logHint.charAt(0).toLowerCase()}${logHint.slice(1)}`,
        pending: true,
      };
  }
};
