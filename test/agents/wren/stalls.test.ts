import { expect, it } from 'vitest';
import { Stalls } from '../../../agents/wren/stalls.js';

const nsPerBit = 10; // 100 Mb/s
const bits = 12_000;
const servingNs = bits * nsPerBit;

/** What is used of busy pairs, given the gaps between their arrivals in ns. */
function used(arrivingNs: (number | 'gap')[], departingNs = 50_000): number[] {
  const stalls = new Stalls();
  const found: number[] = [];
  for (const each of arrivingNs) {
    if (each === 'gap') {
      stalls.gap();
      continue;
    }
    const pair = { atNs: 0, bits, arrivingNs: each, departingNs };
    found.push(...stalls.usable(pair, nsPerBit).map((usable) => usable.arrivingNs));
  }
  return found;
}

it('uses what the link and cross traffic explain', () => {
  const usual = [servingNs, 2 * servingNs, 0.5 * servingNs, servingNs + 300_000];
  expect(used(usual)).toEqual(usual);
});

it('uses a burst of others, after which packets come as the link lets them through', () => {
  expect(used([servingNs, 4e6, servingNs, servingNs])).toEqual([servingNs, 4e6, servingNs, servingNs]);
});

it('leaves a stall, and what catches up after it', () => {
  const behind = 0.1 * servingNs;
  expect(used([servingNs, 4e6, behind, behind, servingNs, 2 * servingNs])).toEqual([
    servingNs,
    servingNs,
    2 * servingNs,
  ]);
});

it('leaves a long gap that nothing follows, or a second one', () => {
  expect(used([servingNs, 33e6, 'gap', servingNs])).toEqual([servingNs, servingNs]);
  expect(used([33e6, 34e6, servingNs])).toEqual([34e6, servingNs]);
});
