import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../../reconciler/vadapt/normal-quantile.js';

describe('the quantile of the normal distribution', () => {
  // Abramowitz and Stegun, table 26.1 and 26.6.
  it.each([
    [0.5, 0],
    [0.75, 0.67448975],
    [0.9, 1.28155157],
    [0.975, 1.95996398],
    [0.999, 3.09023231],
    [0.9999, 3.71901649],
  ])('of %d is %d', (probability, z) => {
    expect(normalQuantile(probability)).toBeCloseTo(z, 7);
  });
});
