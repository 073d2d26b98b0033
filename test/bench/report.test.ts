import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type BenchResult, failures, formatJson, formatTable } from '../../bench/report.ts';

const result: BenchResult = {
  machine: { processor: 'P', cores: 2, memory: 24, system: 'Linux', node: 'v26', load: 0.1 },
  quick: false,
  subjects: [
    {
      name: 'fan-out',
      title: 'Fan-out',
      figures: [
        {
          name: '50 targets',
          unit: 'ms',
          samples: [1000, 1100],
          baseline: { name: 'ssh tar', samples: [2000, 2200] },
          target: { of: 'ratio', atMost: 0.4 },
        },
        {
          name: 'a distant node',
          unit: 'round trips',
          samples: [12],
          target: { of: 'value', atMost: 11, exact: true },
          note: 'through a proxy',
        },
      ],
    },
    { name: 'memory', title: 'Memory', figures: [], trouble: 'no /proc here' },
  ],
};

suite('report of the bench', () => {
  test('every figure stands beside its baseline and its target', () => {
    const table = formatTable(result);
    assert.match(table, /50 targets +1,050 ms +2 % +ssh tar +2,100 ms +0\.500 × +≤ 0\.4 × +✗/);
    assert.match(table, /a distant node +12 round trips +≤ 11 round trips +✗/);
    assert.match(table, /a distant node: through a proxy/);
    assert.match(table, /Memory\n {2}not measured: no \/proc here/);
  });

  test('only exact counts fail: times depend on the machine', () => {
    assert.deepEqual(
      failures(result).map((line) => line.slice(0, 23)),
      ['fan-out: a distant node'],
    );
  });

  test('programs get the samples and what follows from them', () => {
    const [fanOut] = JSON.parse(formatJson(result)).subjects;
    assert.deepEqual(fanOut.figures[0].samples, [1000, 1100]);
    assert.equal(fanOut.figures[0].ratio, 0.5);
    assert.equal(fanOut.figures[0].met, false);
  });
});
