import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Figure } from '../../bench/figure.ts';
import { isMet, median, percentile, ratioOf, spread } from '../../bench/statistics.ts';

suite('statistics of the bench', () => {
  test('the median is the middle, or the mean of the two in the middle', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([1, 2, 3, 10]), 2.5);
    assert.equal(percentile([0, 10], 95), 9.5);
  });

  test('values that agree have no spread', () => {
    assert.equal(spread([4, 4, 4]), 0);
    assert.equal(spread([0, 0]), 0);
    assert.equal(spread([8, 10, 12]), 0.1);
  });

  test('values taken in turns are compared in pairs', () => {
    const figure: Figure = {
      name: 'x',
      unit: 'ms',
      samples: [10, 100, 30],
      baseline: { name: 'y', samples: [20, 200, 60] },
      target: { of: 'ratio', atMost: 0.5 },
    };
    assert.equal(ratioOf(figure), 0.5);
    assert.equal(isMet(figure), true);
    assert.equal(isMet({ ...figure, target: { of: 'value', atMost: 29 } }), false);
    assert.equal(isMet({ name: 'x', unit: 'ms', samples: [1] }), undefined);
  });

  test('what was not measured meets no target', () => {
    assert.equal(
      isMet({ name: 'x', unit: 'ms', samples: [], target: { of: 'value', atMost: 1 } }),
      false,
    );
  });
});
