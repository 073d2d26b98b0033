/** How long a machine takes through its boot; all in milliseconds. */
export type NodeBootTimes = {
  /** Until anything answers at the SSH port. */
  readonly unreachable: number;
  /** How long logins are refused after that. */
  readonly booting: number;
  /** Of cloud-init's config stage. */
  readonly config: number;
  /** Of cloud-init's final stage, besides its commands. */
  readonly final: number;
  /** Of an installation of packages. */
  readonly packages: number;
  /** Of the pull of an image. */
  readonly pull: number;
};

/** No waiting that is only for show. */
export const noBootTimes: NodeBootTimes = {
  unreachable: 0,
  booting: 0,
  config: 0,
  final: 0,
  packages: 0,
  pull: 0,
};

/** About what a small instance takes, different for each. */
export const someBootTimes = (): NodeBootTimes => ({
  unreachable: between(3000, 8000),
  booting: between(500, 1500),
  config: between(1000, 3000),
  final: between(3000, 9000),
  packages: between(2000, 5000),
  pull: between(1500, 4000),
});

const between = (shortest: number, longest: number): number =>
  Math.round(shortest + Math.random() * (longest - shortest));
