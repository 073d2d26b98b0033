import path from 'node:path';
import { bundleProgram } from '../bundle-program.ts';
import type { Figure, MeasureOptions, Subject } from '../figure.ts';
import { median } from '../statistics.ts';
import { type Brought, SandboxRun } from './sandbox-run.ts';

const sizes = [1, 10, 100, 1000] as const;
const quickSizes = [1, 10, 50] as const;

/** From that many nodes on, once is enough, and the baseline is left out: it takes minutes. */
const large = 500;

/**
 * `create --ci` in a sandbox whose machines boot at once, from nothing to all nodes ready, in turns
 * with a client that does the least: the machines' own time, on the same machine.
 */
export const endToEnd: Subject = {
  name: 'end-to-end',
  title: 'End to end: create --ci --sandbox=fast',
  measure: async (options) => {
    const { folder, log, quick } = options;
    if (process.platform !== 'linux') throw new Error('processor time is read from /proc of Linux');
    const bare = await bundleProgram(path.join(import.meta.dirname, 'bare-program.ts'), folder);
    const figures: Figure[] = [];
    const perNode: { readonly nodes: number; readonly samples: readonly number[] }[] = [];
    for (const nodes of quick ? quickSizes : sizes) {
      log(`  ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`);
      const { ours, theirs } = await compare(nodes, bare, options);
      perNode.push({ nodes, samples: ours.map(({ time }) => time / nodes) });
      figures.push(...figuresOf(nodes, ours, theirs));
    }
    return [...figures, growth(perNode)];
  },
};

const compare = async (
  nodes: number,
  bare: string,
  { folder, quick, repetitions, signal }: MeasureOptions,
): Promise<{ readonly ours: readonly Brought[]; readonly theirs: readonly Brought[] }> => {
  const ours: Brought[] = [];
  const theirs: Brought[] = [];
  const times = nodes >= large ? 1 : Math.min(repetitions, quick ? 1 : 3);
  const home = (who: string, turn: number) => path.join(folder, `${who}-${nodes}-${turn}`);
  for (let turn = 0; turn < times; turn += 1) {
    ours.push(await SandboxRun.use(home('ours', turn), signal, (run) => run.create(nodes)));
    if (nodes >= large) continue;
    theirs.push(await SandboxRun.use(home('bare', turn), signal, (run) => run.bare(bare, nodes)));
  }
  return { ours, theirs };
};

const figuresOf = (
  nodes: number,
  ours: readonly Brought[],
  theirs: readonly Brought[],
): Figure[] => {
  const name = nodes === 1 ? '1 node' : `${nodes} nodes`;
  const each = (brought: readonly Brought[], part: keyof Brought) =>
    brought.map((one) => one[part] / nodes);
  const besides = (part: keyof Brought): Pick<Figure, 'baseline'> =>
    theirs.length === 0
      ? {}
      : { baseline: { name: 'bare ssh2, the same scripts', samples: each(theirs, part) } };
  return [
    { name: `${name}: time per node`, unit: 'ms', samples: each(ours, 'time'), ...besides('time') },
    {
      name: `${name}: processor time per node, controller`,
      unit: 'ms',
      samples: each(ours, 'client'),
      ...besides('client'),
    },
    {
      name: `${name}: processor time per node, sandbox without commands`,
      unit: 'ms',
      samples: each(ours, 'sandbox'),
      ...besides('sandbox'),
    },
  ];
};

/** The time per node of the largest fleet beside the next smaller one's. */
const growth = (
  perNode: readonly { readonly nodes: number; readonly samples: readonly number[] }[],
): Figure => {
  const [smaller, larger] = perNode.slice(-2);
  if (smaller === undefined || larger === undefined) throw new TypeError('two sizes are needed');
  return {
    name: `time per node, ${larger.nodes} beside ${smaller.nodes} nodes`,
    unit: 'ms',
    samples: [median(larger.samples)],
    baseline: { name: `${smaller.nodes} nodes`, samples: [median(smaller.samples)] },
    target: { of: 'ratio', atMost: 1.15 },
  };
};
