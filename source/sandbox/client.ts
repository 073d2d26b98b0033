export { type EnsureOptions, ensureSandbox, type Sandbox } from './ensure-sandbox.ts';
export type { Fault, FaultRequest } from './fault.ts';
export { clearFaults, injectFault, sandboxStatus, stopSandbox } from './running-sandbox.ts';
export { SandboxBuildMismatch, SandboxError } from './sandbox-error.ts';
export type { SandboxStatus } from './sandbox-status.ts';
export { watchSandbox } from './watch-sandbox.ts';
