/**
 * The phases of a node's pipeline, in the order in which every attempt goes through them.
 * The names are part of the contract: tables, `--ci` lines and NDJSON print them as written here.
 */
export const pipelinePhases = [
  'pending',
  'launching',
  'booting',
  'connecting',
  'uploading',
  'cloud-init',
  'configuring',
  'verifying',
  'ready',
] as const;

/** A step on the way from nothing to a verified node. */
export type PipelinePhase = (typeof pipelinePhases)[number];

/** States beside the pipeline. */
export const sidePhases = [
  'failed',
  'degraded',
  'interrupted',
  'terminating',
  'terminated',
] as const;

/** A state that a node can be in without being on its way to `ready`. */
export type SidePhase = (typeof sidePhases)[number];

/** Everything that the phase column can say. */
export type Phase = PipelinePhase | SidePhase;

/**
 * Whether nothing more will happen to a node in this phase by itself: `--ci` ends once every
 * node has settled.
 */
export const isSettled = (phase: Phase): boolean =>
  phase === 'ready' ||
  phase === 'failed' ||
  phase === 'degraded' ||
  phase === 'interrupted' ||
  phase === 'terminated';
