import { describe, expect, test } from 'vitest';
import { pairName } from '../../../reconciler/model/pair.js';
import { resourcesOfPath, underlayOf } from '../../../reconciler/model/underlay.js';
import type { TrafficEntry } from '../../../schema/generated/types.js';
import { fig14Hosts, fig14Underlays } from '../fig14-inventory.js';
import { type Demand, FleetLoop, type Layout } from './fleet-loop.js';

const underlay = underlayOf(fig14Hosts, fig14Underlays);
const ofPath = resourcesOfPath(underlay);
const hostIndex = new Map(fig14Hosts.map(({ name }, index) => [name, index]));
const vms = ['vm-1', 'vm-2', 'vm-3', 'vm-4'];
const demands: Demand[] = vms.flatMap((source) =>
  vms
    .filter((destination) => destination !== source)
    .map((destination) => ({
      source,
      destination,
      rateMbps: source === 'vm-4' || destination === 'vm-4' ? 5 : 50,
    })),
);
const places = ['host-2', 'host-4', 'host-5', 'host-6'];
const layouts = permutations(vms).map((order) => new Map(order.map((vm, i) => [vm, places[i] ?? ''])));

function permutations(items: readonly string[]): string[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permutations(items.filter((each) => each !== item)).map((rest) => [item, ...rest]));
}

interface Worth {
  unmet: number;
  room: number;
}

const isAhead = (a: Worth, b: Worth) => a.unmet < b.unmet - 1e-6 || (a.unmet <= b.unmet + 1e-6 && a.room > b.room);

/** Excess load, and the sum of the residual bottlenecks, of demands over direct links, or over the paths in effect. */
function worth(entries: readonly TrafficEntry[], pathOf: (entry: TrafficEntry) => readonly string[]): Worth {
  const loads = underlay.resources.map(() => 0);
  const used = entries.map((entry) => ofPath(pathOf(entry).map((host) => hostIndex.get(host) ?? -1)) ?? []);
  used.forEach((resources, i) => {
    for (const r of resources) loads[r] = (loads[r] ?? 0) + (entries[i]?.rateMbps ?? 0);
  });
  const left = underlay.resources.map(({ capacityMbps }, r) => capacityMbps - (loads[r] ?? 0));
  const lack = (resources: readonly number[]) =>
    Math.max(0, ...resources.map((r) => 1 - (underlay.resources[r]?.capacityMbps ?? 0) / (loads[r] ?? 1)));
  const unmet = used.reduce((sum, resources, i) => sum + (entries[i]?.rateMbps ?? 0) * lack(resources), 0);
  const room = used.reduce((sum, resources) => sum + Math.max(0, Math.min(...resources.map((r) => left[r] ?? 0))), 0);
  return { unmet, room };
}

const gain = 0.05;
const isBetter = (a: Worth, b: Worth) =>
  a.unmet < (1 - gain) * b.unmet - 1e-6 || (a.unmet <= b.unmet + 1e-6 && a.room > (1 + gain) * b.room);

interface Candidate {
  layout: Layout;
  worth: Worth;
}

/** The best of all assignments with direct links; the present one unless another is worth a move, and null for no change at all. */
function adapt(loop: FleetLoop): Layout | null {
  const entries = loop.declared();
  const direct = new Set(entries.map(pairName));
  const candidate = (mapping: Map<string, string>): Candidate => {
    const at = (vm: string) => mapping.get(vm) ?? '';
    return { layout: { mapping, direct }, worth: worth(entries, (pair) => [at(pair.source), at(pair.destination)]) };
  };
  const rerouted = candidate(loop.layout.mapping);
  const best = layouts.map(candidate).reduce((a, b) => (isAhead(b.worth, a.worth) ? b : a));
  const chosen = isBetter(best.worth, rerouted.worth) ? best : rerouted;
  const now = worth(entries, (pair) => loop.path(pair));
  return isBetter(chosen.worth, now) ? chosen.layout : null;
}

const settled = ['host-4', 'host-5', 'host-6'];
const isFinal = (mapping: Map<string, string>) =>
  mapping.get('vm-4') === 'host-2' && vms.slice(0, 3).every((vm) => settled.includes(mapping.get(vm) ?? ''));
const written = (mapping: Map<string, string>) => vms.map((vm) => mapping.get(vm)).join(' ');

function start(order: readonly string[], weight: (pair: string, nowMs: number) => number): FleetLoop {
  const mapping = new Map(vms.map((vm, i) => [vm, order[i] ?? '']));
  return new FleetLoop(
    { hosts: fig14Hosts, underlay, proxy: 'host-1', demands, weight },
    { mapping, direct: new Set() },
  );
}

/** Mappings in the order in which the fleet had them. */
function run(loop: FleetLoop, seconds: number): string[] {
  const mappings = [written(loop.layout.mapping)];
  for (let second = 0; second < seconds; second++) {
    if (!loop.second()) continue;
    const layout = adapt(loop);
    if (!layout) continue;
    if (written(layout.mapping) !== mappings.at(-1)) mappings.push(written(layout.mapping));
    loop.change(layout);
  }
  return mappings;
}

/** TCP is not fair: each pair's share is drawn anew every window, from 0.7 to 1.3. */
function unfair(seed: number): (pair: string, nowMs: number) => number {
  return (pair, nowMs) => {
    let hash = Math.imul(seed + 1, 0x9e3779b1) ^ Math.floor(nowMs / 10_000);
    for (const char of pair) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
    return 0.7 + (0.6 * ((hash ^ (hash >>> 15)) >>> 0)) / 2 ** 32;
  };
}

describe('Fig. 14 in a closed loop', () => {
  const scattered = ['host-2', 'host-4', 'host-5', 'host-6'];

  test('on the star all twelve pairs share the trunk between the domains', () => {
    const rates = start(scattered, () => 1).rates();
    expect(rates).toHaveLength(12);
    for (const { rateMbps } of rates) expect(rateMbps).toBeCloseTo(10 / 9, 6);
  });

  test('heavy talkers come together although the network hid how much they wanted', () => {
    const loop = start(scattered, () => 1);
    const before = loop.rates().reduce((sum, { rateMbps }) => sum + rateMbps, 0);
    const mappings = run(loop, 300);
    expect(isFinal(loop.layout.mapping)).toBe(true);
    const after = loop.rates().reduce((sum, { rateMbps }) => sum + rateMbps, 0);
    expect(after / before).toBeGreaterThan(20);
    expect(new Set(mappings).size).toBe(mappings.length);
    // Longer than anything is remembered.
    expect(run(loop, 1500)).toHaveLength(1);
  });

  test.each(Array.from({ length: 20 }, (_, seed) => seed))(
    'so they do over unfair bottlenecks (seed %i), for good',
    (seed) => {
      const loop = start(scattered, unfair(seed));
      const mappings = run(loop, 300);
      expect(isFinal(loop.layout.mapping)).toBe(true);
      expect(new Set(mappings).size).toBe(mappings.length);
      expect(run(loop, 500)).toHaveLength(1);
    },
  );

  // Hundreds of plays: long enough for a busy machine to need minutes.
  test('from every start, and without ever returning to a mapping', { timeout: 300_000 }, () => {
    for (const [index, mapping] of layouts.entries()) {
      const loop = start(
        vms.map((vm) => mapping.get(vm) ?? ''),
        unfair(index),
      );
      const mappings = run(loop, 500);
      expect(isFinal(loop.layout.mapping), mappings.join(' | ')).toBe(true);
      expect(new Set(mappings).size, mappings.join(' | ')).toBe(mappings.length);
    }
  });
});
