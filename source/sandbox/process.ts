import { createNodeHypervisor } from './node/hypervisor.ts';
import { runProgram } from './program.ts';

await runProgram(process.argv.slice(2), createNodeHypervisor);
