/**
 * What a deployment can begin with: names, as `init --template` takes them, of the folders in
 * `templates/deployments`, the default first.
 */
export const starters = [
  ['bacalhau', 'a Bacalhau compute node and a sensor, in containers'],
  ['compose', 'containers of your own, from Compose files; each stack is a service'],
  ['runner', 'self-hosted runners of GitHub Actions, a fresh one for each job'],
  ['minimal', 'one service and one check: to read first, and to begin with'],
] as const;

export type Starter = (typeof starters)[number][0];

export const defaultStarter: Starter = 'bacalhau';

/** Where each one is made one's own first. */
export const firstEdits: Readonly<Record<Starter, string>> = {
  bacalhau: 'config.yaml',
  compose: 'config.yaml and compose/compose.yaml',
  runner: 'config.yaml and config/runner.env',
  minimal: 'config.yaml',
};
