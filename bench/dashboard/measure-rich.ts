import path from 'node:path';
import { ensurePythonEnvironment } from '../../test/contract/python-environment.ts';
import { runInTerminal } from './pseudo-terminal.ts';

/** What a frame of a Live table of rich takes. */
export type RichFrame = {
  /** Milliseconds. */
  readonly cpu: number;
  readonly bytes: number;
};

/** Measures frames of a table with as many rows; the library comes from PyPI, once. */
export const measureRich = async (
  nodes: number,
  frames: number,
  signal: AbortSignal,
): Promise<RichFrame> => {
  const environment = await ensurePythonEnvironment(['rich==15.0.0']);
  const { output, said } = await runInTerminal({
    command: [
      path.join(environment, 'bin', 'python'),
      path.join(import.meta.dirname, 'rich-table.py'),
      String(nodes),
      String(frames),
    ],
    signal,
  });
  const [cpu = 'NaN'] = said;
  const bytes = output.reduce((sum, piece) => sum + piece.bytes.length, 0);
  return { cpu: Number(cpu), bytes: bytes / frames };
};
