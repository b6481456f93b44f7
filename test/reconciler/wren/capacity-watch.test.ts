import { describe, expect, it } from 'vitest';
import { underlayOf } from '../../../reconciler/model/underlay.js';
import { CapacityWatch } from '../../../reconciler/wren/capacity-watch.js';
import { measuredEdges } from '../../../reconciler/wren/measured-edges.js';
import { pathCapacities } from '../../../reconciler/wren/path-capacities.js';
import { fig14Hosts, fig14Underlays } from '../fig14-inventory.js';

const stated = underlayOf(fig14Hosts, fig14Underlays);

/** Seconds at which a change is told while host-1 -> host-2 gives what `mbps` says; null: nothing is known of it. */
function told(mbps: (second: number) => number | null, disturbedS = -1, windowMs = 8000): number[] {
  const watch = new CapacityWatch();
  return Array.from({ length: 60 }, (_, second) => second).filter((second) => {
    if (second === disturbedS) watch.disturb();
    const known = mbps(second);
    const figures = { availableMbps: known ?? 0, lowMbps: 0.98 * (known ?? 0), highMbps: 1.02 * (known ?? 0) };
    const paths =
      known === null ? [] : [{ from: 'host-1', to: 'host-2', method: 'two-sided' as const, ageMs: 0, ...figures }];
    const { underlay } = pathCapacities({ hosts: fig14Hosts, demands: [], paths, bottlenecks: [] }, stated);
    return watch.advance(measuredEdges(paths, fig14Hosts, stated), underlay, stated, second * 1000, windowMs);
  });
}

describe('a change of what paths give', () => {
  it('is told once, when it has lasted for a window', () => {
    expect(told((second) => (second < 20 ? 100 : 50))).toEqual([28]);
    expect(told((second) => (second < 20 ? null : 50))).toEqual([28]);
    expect(told((second) => (second < 20 ? 100 : 50), -1, 1000)).toEqual([25]);
  });

  it('is none while it is small, short, or as the inventory says', () => {
    expect(told((second) => 100 - 5 * (second % 3))).toEqual([]);
    expect(told((second) => (second % 10 < 7 ? 100 : 40))).toEqual([]);
    expect(told((second) => (second < 20 ? null : 100))).toEqual([]);
  });

  it('has to last anew after the fleet was changed', () => {
    expect(told((second) => (second < 20 ? 100 : 50), 25)).toEqual([33]);
  });
});
