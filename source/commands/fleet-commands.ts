// What works on a fleet, loaded as one: in files of their own these commands would share what they
// have in common in dozens of small files, and each file that is loaded takes its time.
export * as configure from './configure.ts';
export * as create from './create.ts';
export * as dashboard from './dashboard.ts';
export * as destroy from './destroy.ts';
export * as doctor from './doctor.ts';
export * as exec from './exec.ts';
export * as list from './list.ts';
export * as logs from './logs.ts';
export * as push from './push.ts';
export * as ssh from './ssh.ts';
export * as validate from './validate.ts';
