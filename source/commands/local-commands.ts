// What needs neither EC2 nor a node, loaded as one and without what only the others need.
export * as completion from './completion.ts';
export * as explain from './explain.ts';
export * as history from './history.ts';
export * as init from './init.ts';
export * as replay from './replay.ts';
export * as sandbox from './sandbox.ts';
