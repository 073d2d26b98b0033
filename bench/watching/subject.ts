import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { makeHostKey, startOddServer } from '../../test/ssh/odd-server.ts';
import { bundleProgram } from '../bundle-program.ts';
import type { Figure, Subject } from '../figure.ts';
import { templatesFolder } from '../payload.ts';
import { expected } from './expected.ts';
import type { WatcherJob, WatcherResult } from './watcher-job.ts';

const run = promisify(execFile);

/**
 * What each node costs the process that stays with a fleet, without what nodes and networks take:
 * the nodes are one SSH server in the bench's own process, which answers at once.
 */
export const watching: Subject = {
  name: 'watching',
  title: 'Watching: processor time of one controller for each node',
  measure: async ({ folder, log, quick, repetitions, signal }) => {
    const nodes = quick ? 50 : 200;
    const program = await bundleProgram(path.join(import.meta.dirname, 'watcher.ts'), folder);
    const answer = await inspection(folder);
    const server = await startOddServer({
      onCommand: (_command, channel) => {
        channel.write(answer);
        channel.exit(0);
        channel.end();
      },
    });
    const job: WatcherJob = {
      port: server.port,
      privateKey: makeHostKey().private,
      templatesFolder,
      nodes,
      looks: quick ? 4 : 20,
    };
    const jobFile = path.join(folder, 'watching.json');
    await writeFile(jobFile, JSON.stringify(job));
    try {
      const results: WatcherResult[] = [];
      for (let repetition = 1; repetition <= repetitions; repetition += 1) {
        log(`  ${nodes} nodes, round ${repetition} of ${repetitions}`);
        const { stdout } = await run(process.execPath, [program, jobFile], { signal });
        results.push(JSON.parse(stdout) as WatcherResult);
      }
      return figuresOf(results, nodes, answer.length);
    } finally {
      await server.stop();
    }
  },
};

/** What a node answers: the shipped script's own words, on this machine under an empty root. */
const inspection = async (folder: string): Promise<string> => {
  const script = path.join(templatesFolder, 'inspect-node.sh');
  const words = [script, ...expected.directories, '--', ...expected.services];
  const env = { PATH: process.env.PATH ?? '', SPOT_TUI_ROOT: folder };
  const { stdout } = await run('/bin/sh', words, { env });
  return stdout;
};

const figuresOf = (
  results: readonly WatcherResult[],
  nodes: number,
  characters: number,
): readonly Figure[] => [
  {
    name: 'processor time to connect once',
    unit: 'ms',
    samples: results.map(({ connecting }) => connecting),
    note: `${nodes} connections, 24 handshakes at a time; code not compiled yet`,
  },
  {
    name: 'processor time of a look at a node',
    unit: 'ms',
    samples: results.map(({ looking }) => looking),
    note: `${nodes} nodes, 48 at a time, ${characters} characters each`,
  },
];
