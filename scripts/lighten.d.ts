import type { Plugin } from 'esbuild';

export const lighten: Plugin;
