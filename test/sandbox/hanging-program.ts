import { runProgram } from '../../source/sandbox/program.ts';
import { Machines } from './machines.ts';

/** The sandbox's process with machines that don't let go. */
class HangingMachines extends Machines {
  override terminate(): Promise<void> {
    return new Promise(() => undefined);
  }

  async close(): Promise<void> {
    process.stderr.write('never gets here\n');
  }
}

await runProgram(process.argv.slice(2), async () => new HangingMachines());
