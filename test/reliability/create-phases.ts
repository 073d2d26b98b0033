/**
 * The phases that `create` tells of each node, in their order, as the contract names them: written
 * here anew, because what judges the program takes nothing from it.
 */
export const createPhases = [
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
