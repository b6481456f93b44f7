import { describe, expect, it } from 'vitest';
import { besideOf } from '../../../reconciler/wren/beside.js';
import { CarriedRates } from '../../../reconciler/wren/carried-rates.js';

const path = { from: 'a', to: 'b' };

/** A minute in which the path carries what `rateMbps` says, and two others from and to its ends 5 and 7 Mb/s. */
function minute(rateMbps: (second: number) => number): CarriedRates {
  const carried = new CarriedRates(5000);
  for (let second = 0; second < 60; second++) {
    const others = [
      { from: 'a', to: 'c', rateMbps: 5 },
      { from: 'd', to: 'b', rateMbps: 7 },
      { from: 'c', to: 'd', rateMbps: 100 },
    ];
    carried.advance([{ ...path, rateMbps: rateMbps(second) }, ...others], second * 1000);
  }
  return carried;
}

const beside = (carried: CarriedRates, busyShare: number | null) =>
  besideOf(path, carried, { leaving: carried.leaving(), entering: carried.entering() }, busyShare);

describe('what others carry beside a path', () => {
  it('is what leaves its first host, and what comes to its last, less its own', () => {
    const { outMbps, intoMbps } = beside(
      minute(() => 20),
      0.5,
    );
    expect(outMbps).toBeCloseTo(5, 3);
    expect(intoMbps).toBeCloseTo(7, 3);
  });

  it('may be more at the moments that count only where the path is used in phases', () => {
    const phased = minute((second) => (second % 3 === 0 ? 60 : 0));
    expect(
      beside(
        minute((second) => 20 + Math.sin(second)),
        0.25,
      ).times,
    ).toBe(1);
    expect(beside(phased, 0.25).times).toBe(4);
    expect(beside(phased, 0).times).toBe(20);
    expect(beside(phased, null).times).toBe(1);
  });

  it('is nothing where nothing was carried', () => {
    expect(beside(new CarriedRates(5000), 0.1)).toEqual({ outMbps: 0, intoMbps: 0, times: 1 });
  });
});
