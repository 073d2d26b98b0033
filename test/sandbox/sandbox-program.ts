import { runProgram } from '../../source/sandbox/program.ts';
import { Machines } from './machines.ts';

/** The sandbox's process with machines that exist by name only. */
class ClosableMachines extends Machines {
  async close(): Promise<void> {
    process.stderr.write(`${this.running.size} machines left\n`);
  }
}

await runProgram(process.argv.slice(2), async ({ publicKeyLine }) => {
  process.stderr.write(`machines for ${publicKeyLine}\n`);
  return new ClosableMachines();
});
