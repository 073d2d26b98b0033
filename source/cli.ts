#!/usr/bin/env node
/** As package.json says; an older one would fail somewhere in the middle. */
const oldestNode = 22;

if (Number.parseInt(process.versions.node, 10) < oldestNode) {
  process.stderr.write(
    `spot-tui: needs Node.js ${oldestNode} or later, this is ${process.version}\n` +
      '  In a checkout, `npm start --` brings a current one along.\n',
  );
  process.exitCode = 2;
} else {
  const { runProgram } = await import('./commands/program.ts');
  await runProgram(import.meta.dirname);
}
