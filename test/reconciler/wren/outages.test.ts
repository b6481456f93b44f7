import { describe, expect, it } from 'vitest';
import { advanceOutages, type Outages, outagesIn } from '../../../reconciler/wren/outages.js';

const none: Outages = new Map();
const reading = (up: boolean) => [{ a: 'a', b: 'b', type: 'udp' as const, up }];

/** Looks once a second from `fromS` to before `toS`; `up` null: nobody reports the link. */
function watch(outages: Outages, fromS: number, toS: number, up: boolean | null): Outages {
  let now = outages;
  for (let s = fromS; s < toS; s += 1) now = advanceOutages(now, up === null ? [] : reading(up), s * 1000, 1000);
  return now;
}

const isOut = (outages: Outages) => outagesIn(outages).length > 0;

describe('links that are down', () => {
  it('are counted on for ten keep-alives more', () => {
    expect(isOut(watch(none, 0, 10, false))).toBe(false);
    expect(outagesIn(watch(none, 0, 11, false))).toEqual([{ a: 'a', b: 'b', type: 'udp' }]);
  });

  it('are down for long only without a break', () => {
    let now = none;
    for (let s = 0; s < 60; s += 6) now = watch(watch(now, s, s + 5, false), s + 5, s + 6, true);
    expect(isOut(now)).toBe(false);
  });

  it('are counted on again when they have been up for thirty', () => {
    const out = watch(none, 0, 11, false);
    expect(isOut(watch(out, 11, 41, true))).toBe(true);
    expect(isOut(watch(out, 11, 42, true))).toBe(false);
    const flapping = watch(watch(out, 11, 35, true), 35, 36, false);
    expect(isOut(watch(flapping, 36, 60, true))).toBe(true);
  });

  it('are tried again when they are there no more, after longer each time', () => {
    const out = watch(none, 0, 11, false);
    expect(isOut(watch(out, 11, 310, null))).toBe(true);
    const again = watch(out, 11, 311, null);
    expect(isOut(again)).toBe(false);
    const second = watch(again, 311, 322, false);
    expect(isOut(second)).toBe(true);
    expect(isOut(watch(second, 322, 921, null))).toBe(true);
    expect(isOut(watch(second, 322, 922, null))).toBe(false);
  });

  it('are forgotten in the end', () => {
    expect(watch(watch(none, 0, 11, false), 7300, 7302, null).size).toBe(0);
  });
});
