import { ensureSandbox } from '../../source/sandbox/client.ts';

/** A command that needs the sandbox: prints its process and leaves. */
const [folder = '', programPath = ''] = process.argv.slice(2);
const { pid } = await ensureSandbox({
  folder,
  programPath,
  fast: true,
  signal: AbortSignal.timeout(20_000),
});
process.stdout.write(`${pid}\n`);
