import type { Metafile } from 'esbuild';

export const requireBuiltins: (
  text: string,
  imports: Metafile['outputs'][string]['imports'],
) => string;
