import { describe, expect, test } from 'vitest';
import { type DetectOptions, detect } from '../../../reconciler/vttif/detect.js';
import { ratesOf } from '../../../reconciler/vttif/rates.js';

const entry = (source: string, rateMbps: number) => ({ network: 'net', source, destination: 'x', rateMbps });
const options: DetectOptions = {
  nowMs: 0,
  samplingIntervalMs: 1000,
  windowMs: 10_000,
  windowOf: undefined,
  detectionThreshold: 0.2,
  pruneThreshold: 0.1,
  settleMs: 5000,
};
const declared = { atMs: -60_000, demands: [entry('a', 10)] };
const at = (nowMs: number, deviatingSinceMs: number | null, changes: Partial<DetectOptions> = {}) =>
  detect({ deviatingSinceMs, windowStartMs: null, declared }, ratesOf([entry('b', 10)]), {
    ...options,
    ...changes,
    nowMs,
  });

describe('a change', () => {
  test('is remembered from when it is first seen', () => {
    expect(at(500, null)).toEqual({ deviatingSinceMs: 500, isDeclared: false });
    expect(at(1500, 500)).toEqual({ deviatingSinceMs: 500, isDeclared: false });
  });

  test('has persisted for a window when it was seen for one less half a sampling interval', () => {
    expect(at(9499, 0).isDeclared).toBe(false);
    expect(at(9500, 0)).toEqual({ deviatingSinceMs: null, isDeclared: true });
    expect(at(9999, 0).isDeclared).toBe(true);
    expect(at(9500, 0, { samplingIntervalMs: 100 }).isDeclared).toBe(false);
  });

  test('of pairs with longer windows has to persist for those', () => {
    const windowOf = ({ source }: { source: string }) => (source === 'b' ? 24_000 : 10_000);
    expect(at(23_400, 0, { windowOf }).isDeclared).toBe(false);
    expect(at(23_500, 0, { windowOf }).isDeclared).toBe(true);
  });

  test('that shows when half of a window has been seen has persisted once the window is whole, not before', () => {
    const since = (nowMs: number, deviatingSinceMs: number | null, changes: Partial<DetectOptions> = {}) =>
      detect({ deviatingSinceMs, windowStartMs: 100, declared }, ratesOf([entry('b', 10)]), {
        ...options,
        ...changes,
        nowMs,
      });
    expect(since(5900, null)).toEqual({ deviatingSinceMs: 100, isDeclared: false });
    expect(since(6100, null)).toEqual({ deviatingSinceMs: 6100, isDeclared: false });
    expect(since(10_099, 100)).toEqual({ deviatingSinceMs: 100, isDeclared: false });
    expect(since(10_100, 100)).toEqual({ deviatingSinceMs: null, isDeclared: true });
    const windowOf = () => 24_000;
    expect(since(12_500, null, { windowOf })).toEqual({ deviatingSinceMs: 100, isDeclared: false });
    expect(since(24_099, 100, { windowOf }).isDeclared).toBe(false);
    expect(since(24_100, 100, { windowOf }).isDeclared).toBe(true);
  });

  test('is not declared while the last declaration settles', () => {
    expect(at(20_000, 0, { settleMs: 90_000 })).toEqual({ deviatingSinceMs: 0, isDeclared: false });
  });
});
