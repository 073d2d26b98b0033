import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudInit } from '../cloud-init/cloud-init.ts';
import { type Call, complain } from './call.ts';
import { parseOptions } from './options.ts';

/** Milliseconds between looks of `cloud-init status --wait`. */
const interval = 100;

/** cloud-init(1), as far as it tells how things are. */
export const cloudInitProgram = async (call: Call, cloudInit: CloudInit): Promise<number> => {
  const given = parseOptions(call.words, {
    wait: { short: 'w' },
    long: { short: 'l' },
    format: { value: 'required' },
    version: { short: 'v' },
  });
  if (given.problem !== undefined) return complain(call, `cloud-init: ${given.problem}`, 2);
  if (given.has('version')) {
    call.out('/usr/bin/cloud-init 24.4-0ubuntu1~24.04.2\n');
    return 0;
  }
  const [command] = given.operands;
  if (command !== 'status') {
    return complain(call, `cloud-init ${command ?? ''}: not simulated in the sandbox`, 2);
  }
  while (given.has('wait') && !cloudInit.status.isDone) {
    if (call.signal.aborted) return 130;
    await sleep(interval);
  }
  const { text, status } = cloudInit.status.report(given.last('format') ?? '', given.has('long'));
  call.out(text);
  return status;
};
