import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SnapshotHost, SnapshotUnderlay } from '../../../reconciler/model/snapshot.js';
import { edgesByPair, type Underlay, underlayOf } from '../../../reconciler/model/underlay.js';
import { contradictedPaths } from '../../../reconciler/wren/contradicted.js';
import { findings } from '../../../reconciler/wren/findings.js';
import { pathCapacities, sharedCapacities } from '../../../reconciler/wren/path-capacities.js';
import type { PathKnowledge, SharedBottleneck } from '../../../schema/generated/types.js';
import { fig14Hosts, fig14Underlays, snapshotHost } from '../fig14-inventory.js';

const path = (from: number, to: number, mbps: number, change: Partial<PathKnowledge> = {}): PathKnowledge => ({
  from: `host-${from}`,
  to: `host-${to}`,
  method: 'two-sided',
  availableMbps: mbps,
  lowMbps: 0.97 * mbps,
  highMbps: 1.03 * mbps,
  ageMs: 100,
  ...change,
});

function capacities(
  hosts: SnapshotHost[],
  underlays: SnapshotUnderlay[],
  paths: PathKnowledge[],
  bottlenecks: SharedBottleneck[] = [],
  wantedMbps = 0,
) {
  const demands =
    wantedMbps === 0 ? [] : [{ source: 'x', destination: 'y', rateMbps: wantedMbps, origin: 'declared' as const }];
  return pathCapacities({ hosts, demands, paths, bottlenecks }, underlayOf(hosts, underlays));
}

/** Names and capacities of what an edge uses. */
function used(underlay: Underlay, from: number, to: number): Record<string, number> {
  const resources = edgesByPair(underlay)(from - 1, to - 1)?.resources ?? [];
  return Object.fromEntries(
    resources.map((index) => {
      const { name = '', capacityMbps = 0 } = underlay.resources[index] ?? {};
      return [name, Math.round(capacityMbps * 100) / 100];
    }),
  );
}

const fig14 = (paths: PathKnowledge[], bottlenecks: SharedBottleneck[] = []) =>
  capacities(fig14Hosts, fig14Underlays, paths, bottlenecks);
const trunk = 'wan domain-1--domain-2 out of domain-1';

describe('capacities with figures in the inventory', () => {
  it('are the inventory’s, and labelled so, where nothing was measured', () => {
    const underlay = underlayOf(fig14Hosts, fig14Underlays);
    expect(fig14([])).toEqual({ underlay, origin: 'nominal' });
    expect(fig14([{ ...path(1, 4, 5), from: 'host-99' }])).toEqual({ underlay, origin: 'nominal' });
  });

  it('stay the inventory’s within a tenth of it, and tell how certain they are beyond', () => {
    const trunkOf = (mbps: number) => {
      const { resources } = fig14([path(1, 4, mbps)]).underlay;
      return resources.find(({ name }) => name === trunk);
    };
    expect(trunkOf(9.2)).toMatchObject({ capacityMbps: 10 });
    expect(trunkOf(8)).toMatchObject({ capacityMbps: 8, deviationMbps: expect.closeTo(0.8, 6) });
  });

  it('of a trunk are what one path finds, and what other links carry there, which it takes for cross traffic', () => {
    const two = [path(1, 4, 4, { carriedMbps: 3 }), path(2, 5, 6, { carriedMbps: 5 })];
    const { underlay, origin } = fig14(two);
    expect(origin).toBe('mixed');
    expect(used(underlay, 3, 6)[trunk]).toBe(9);
    const { underlay: more } = fig14([...two, path(3, 6, 2, { carriedMbps: 1 })]);
    expect(used(more, 1, 4)[trunk]).toBe(10);
  });

  it('of an interface are less where all its paths find less, and stay where one path does', () => {
    const one = fig14([path(1, 2, 40)]).underlay;
    expect(used(one, 1, 2)).toEqual({ 'host-1/eth0 out': 100, 'host-2/eth0 in': 100, 'wan host-1 -> host-2': 40 });
    expect(used(one, 1, 3)).toEqual({ 'host-1/eth0 out': 100, 'host-3/eth0 in': 100 });
    const two = fig14([path(1, 2, 40), path(1, 3, 41)]).underlay;
    expect(used(two, 1, 2)['host-1/eth0 out']).toBeCloseTo(40.5, 0);
    expect(used(two, 2, 1)['host-1/eth0 in']).toBe(100);
  });

  it('of one path are at the end where no other path finds more', () => {
    const { underlay } = fig14([path(1, 2, 40), path(1, 3, 95)]);
    expect(used(underlay, 1, 2)).toEqual({ 'host-1/eth0 out': 100, 'host-2/eth0 in': 40 });
    expect(used(underlay, 3, 2)['host-2/eth0 in']).toBe(40);
  });

  it('of an interface count what others carried when a path was measured, not now', () => {
    const paths = [
      path(1, 2, 41, { carriedMbps: 0, besideOutMbps: 0, besideIntoMbps: 0 }),
      path(3, 2, 11, { carriedMbps: 0, besideOutMbps: 0, besideIntoMbps: 30 }),
    ];
    expect(used(fig14(paths).underlay, 1, 2)['host-2/eth0 in']).toBeCloseTo(41, 0);
    const now = paths.map(({ besideOutMbps: _out, besideIntoMbps: _into, ...each }) => each);
    expect(used(fig14(now).underlay, 1, 2)['host-2/eth0 in']).toBe(100);
  });

  it('stay the inventory’s where others of ours may have carried the rest while a path was in use', () => {
    const phased = (besideTimes: number) =>
      [path(1, 2, 60), path(1, 3, 60)].map((each) => ({ ...each, besideOutMbps: 10, besideTimes }));
    expect(used(fig14(phased(1)).underlay, 1, 2)['host-1/eth0 out']).toBeCloseTo(70, 6);
    expect(used(fig14(phased(2)).underlay, 1, 2)['host-1/eth0 out']).toBeCloseTo(70, 6);
    expect(used(fig14(phased(4)).underlay, 1, 2)['host-1/eth0 out']).toBe(100);
    const narrow = phased(4).map((each) => ({ ...each, capacityMbps: 75 }));
    expect(used(fig14(narrow).underlay, 1, 2)['host-1/eth0 out']).toBeCloseTo(70, 6);
  });

  it('are more where more was found', () => {
    const { underlay } = fig14([path(1, 4, 50)]);
    expect(used(underlay, 2, 5)[trunk]).toBe(50);
  });

  it('stay within bounds where only bounds are known, or an estimate is not tight', () => {
    const wide = { lowMbps: 20, highMbps: 60 };
    for (const known of [path(1, 2, 40, wide), { ...path(1, 2, 0, wide), availableMbps: undefined }]) {
      const { availableMbps, ...bounds } = known;
      const { underlay } = fig14([availableMbps === undefined ? bounds : { ...bounds, availableMbps }]);
      expect(used(underlay, 1, 2)['wan host-1 -> host-2']).toBe(60);
    }
    const more = fig14([path(1, 2, 180, { lowMbps: 150, highMbps: 400 })]).underlay;
    expect(used(more, 1, 2)).toEqual({ 'host-1/eth0 out': 150, 'host-2/eth0 in': 150 });
  });

  it('bring latency with them', () => {
    const { underlay } = fig14([path(1, 2, 100, { latencyMs: 3.5 })]);
    expect(edgesByPair(underlay)(0, 1)?.latencyMs).toBe(3.5);
    expect(edgesByPair(underlay)(1, 0)?.latencyMs).toBe(0.2);
  });

  it('are finite and positive for every edge, whatever was measured', () => {
    const mbps = fc.double({ min: 0, max: 1e6, noNaN: true });
    const pair = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }));
    const anyPath = fc.tuple(pair, mbps, mbps, mbps, mbps).map(([[from, to], a, b, c, carriedMbps]) => {
      const [lowMbps = 0, availableMbps = 0, highMbps = 0] = [a, b, c].sort((x, y) => x - y);
      return path(from, to, availableMbps, { lowMbps, highMbps, carriedMbps });
    });
    fc.assert(
      fc.property(fc.uniqueArray(anyPath, { selector: ({ from, to }) => `${from} ${to}` }), (paths) => {
        const { underlay } = fig14(paths);
        for (const edge of underlay.edges) {
          expect(new Set(edge.resources).size).toBe(edge.resources.length);
          for (const index of edge.resources) {
            const capacityMbps = underlay.resources[index]?.capacityMbps ?? 0;
            expect(capacityMbps).toBeGreaterThan(0);
            expect(Number.isFinite(capacityMbps)).toBe(true);
          }
        }
      }),
      { seed: 14, numRuns: 200 },
    );
  });
});

describe('capacities without figures in the inventory', () => {
  const hosts = [1, 2, 3, 4].map((n) =>
    snapshotHost(`host-${n}`, n <= 2 ? 'x' : 'y', [['eth0', 'net', `10.0.0.${n}`, null]]),
  );
  const within = ['x', 'y'].map((site) => ({ site, rateMbps: null, latencyMs: 1 }));
  const underlays = [
    { name: 'net', within, between: [{ sites: ['x', 'y'] as [string, string], rateMbps: null, latencyMs: 9 }] },
  ];

  it('are measured where they were, and presumed as good as the best, or as demands need', () => {
    const { underlay, origin } = capacities(hosts, underlays, [path(1, 2, 100), path(1, 3, 10)]);
    expect(origin).toBe('measured');
    expect(used(underlay, 1, 2)).toEqual({
      'host-1/eth0 out': 100,
      'host-2/eth0 in': 100,
      'net host-1 -> host-2': 100,
    });
    expect(used(underlay, 3, 4)).toEqual({ 'host-3/eth0 out': 100, 'host-4/eth0 in': 100 });
    expect(used(underlay, 2, 4)['net x--y out of x']).toBe(10);
    expect(used(underlay, 4, 2)['net x--y out of y']).toBeUndefined();
    const wanted = capacities(hosts, underlays, [path(1, 3, 10)], [], 330).underlay;
    expect(used(wanted, 3, 4)).toEqual({ 'host-3/eth0 out': 500, 'host-4/eth0 in': 500 });
  });
});

describe('paths that queue together', () => {
  const paths = [path(4, 5, 30, { carriedMbps: 20 }), path(5, 6, 40, { carriedMbps: 10 })];
  const group = (confidence: number): SharedBottleneck => {
    return { paths: paths.map(({ from, to }) => ({ from, to })), confidence };
  };
  const shared = 'what host-4 -> host-5, host-5 -> host-6 share';

  it('share one resource when that is sure enough, with what they have available and carry', () => {
    const { underlay } = fig14(paths, [group(0.85)]);
    expect(used(underlay, 4, 5)[shared]).toBeCloseTo(60, -1);
    expect(used(underlay, 5, 6)[shared]).toBe(used(underlay, 4, 5)[shared]);
    expect(used(fig14(paths, [group(0.7)]).underlay, 4, 5)[shared]).toBeUndefined();
  });

  it('are told with what they share', () => {
    const underlay = underlayOf(fig14Hosts, fig14Underlays);
    const [told] = sharedCapacities({ hosts: fig14Hosts, demands: [], paths, bottlenecks: [group(0.3)] }, underlay);
    expect(told?.capacityMbps).toBeGreaterThan(39);
    expect(told?.capacityMbps).toBeLessThan(61);
    expect(sharedCapacities({ hosts: fig14Hosts, demands: [], paths: [], bottlenecks: [group(1)] }, underlay)).toEqual([
      group(1),
    ]);
  });

  it('need no resource of their own where the inventory has one', () => {
    const across = [path(1, 4, 5), path(2, 5, 5)];
    const told = { paths: across.map(({ from, to }) => ({ from, to })), confidence: 0.95 };
    const { underlay } = fig14(across, [told]);
    expect(Object.keys(used(underlay, 1, 4))).toEqual(['host-1/eth0 out', trunk, 'host-4/eth0 in']);
  });

  it('are found to contradict the inventory, or to confirm it', () => {
    const underlay = underlayOf(fig14Hosts, fig14Underlays);
    const across = [path(1, 4, 5), path(2, 5, 5)];
    const confirming = { paths: across.map(({ from, to }) => ({ from, to })), confidence: 0.95 };
    const found = (bottlenecks: SharedBottleneck[]) =>
      findings({ paths: [...paths, ...across], bottlenecks, delivered: [] }, fig14Hosts, underlay);
    expect(found([{ ...group(0.9), capacityMbps: 60 }, confirming])).toEqual([
      {
        kind: 'undeclared',
        message: expect.stringContaining('host-4 -> host-5, host-5 -> host-6 share about 60.0 Mb/s'),
      },
      { kind: 'confirmed', message: expect.stringContaining(trunk) },
    ]);
    expect(found([group(0.7)])).toEqual([]);
  });
});

describe('a trunk of which the inventory says nothing', () => {
  const silent = (paths: PathKnowledge[]) => {
    const hosts = fig14Hosts.map((host) => ({
      ...host,
      interfaces: host.interfaces.map((each) => ({ ...each, rateMbps: null })),
    }));
    const underlays = fig14Underlays.map((each) => ({
      ...each,
      between: each.between.map((path) => ({ ...path, rateMbps: null })),
    }));
    return capacities(hosts, underlays, paths, [], 400).underlay;
  };
  /** A path over the trunk whose narrowest link is known, and what others leave of it is not. */
  const narrow = (from: number, to: number, capacityMbps: number): PathKnowledge => {
    const { availableMbps: _unknown, ...known } = path(from, to, 5, { lowMbps: 1, highMbps: 10, capacityMbps });
    return known;
  };

  it('is presumed to have the rate that all known paths over it have', () => {
    const underlay = silent([narrow(1, 4, 9.9), narrow(2, 5, 10.1)]);
    expect(used(underlay, 3, 6)[trunk]).toBe(10.1);
    expect(used(underlay, 6, 3)[trunk.replace('domain-1', 'domain-2')]).toBeUndefined();
    expect(used(underlay, 4, 5)[trunk]).toBeUndefined();
  });

  it.each([
    ['one host sends over all of them', [narrow(1, 4, 10), narrow(1, 5, 10)]],
    ['one host receives all of them', [narrow(1, 4, 10), narrow(2, 4, 10)]],
    ['they have different rates', [narrow(1, 4, 10), narrow(2, 5, 100)]],
    ['only one is known', [narrow(1, 4, 10), path(2, 3, 5)]],
  ])('is presumed to have nothing if %s', (_why, paths) => {
    expect(used(silent(paths), 3, 6)[trunk]).toBeUndefined();
  });

  it('has what was measured of it, where that is known', () => {
    const both = [path(1, 4, 5, { capacityMbps: 10 }), path(2, 5, 5, { capacityMbps: 10 })];
    expect(used(silent(both), 3, 6)[trunk]).toBe(5);
  });
});

describe('the inventory', () => {
  const found = (...paths: PathKnowledge[]) =>
    findings({ paths, bottlenecks: [], delivered: [] }, fig14Hosts, underlayOf(fig14Hosts, fig14Underlays));

  it('overstates what no path over it has, whatever cross traffic leaves', () => {
    expect(found(path(1, 4, 1, { capacityMbps: 9.8 }))).toEqual([]);
    expect(found(path(1, 4, 1, { capacityMbps: 5 }))).toEqual([
      {
        kind: 'overstated',
        message: expect.stringContaining(
          `${trunk}: 10 Mb/s stated, but the narrowest link of host-1 -> host-4 has 5.0`,
        ),
      },
    ]);
  });

  it('overstates a path that has less than others over the same place', () => {
    expect(found(path(1, 4, 1, { capacityMbps: 9 }), path(2, 4, 1, { capacityMbps: 10 }))).toEqual([]);
    const narrow = [path(1, 4, 1, { capacityMbps: 5 }), path(1, 5, 1, { capacityMbps: 4 })];
    expect(found(...narrow, path(2, 4, 1, { capacityMbps: 10 }))).toEqual([
      {
        kind: 'overstated',
        message: expect.stringMatching(
          /host-1 -> host-4, host-1 -> host-5: 10 Mb\/s stated by wan .* a link on the way has 4\.0 Mb\/s/,
        ),
      },
    ]);
  });

  it('is contradicted by paths whose narrowest link is another, one by one', () => {
    const contradicted = (...paths: PathKnowledge[]) =>
      contradictedPaths(paths, fig14Hosts, underlayOf(fig14Hosts, fig14Underlays));
    expect(contradicted(path(1, 4, 1, { capacityMbps: 8 }), path(1, 5, 1, { capacityMbps: 11 }))).toEqual([]);
    expect(contradicted(path(1, 4, 9))).toEqual([]);
    expect(contradicted(path(1, 4, 1, { capacityMbps: 7.9 }), path(4, 5, 1, { capacityMbps: 1200 }))).toEqual([
      { from: 'host-1', to: 'host-4', capacityMbps: 7.9, resource: trunk, statedMbps: 10 },
      { from: 'host-4', to: 'host-5', capacityMbps: 1200, resource: 'host-4/eth0 out', statedMbps: 1000 },
    ]);
  });

  it('understates what a path over it has more of', () => {
    expect(found(path(1, 4, 1, { capacityMbps: 50 }))).toEqual([
      { kind: 'understated', message: expect.stringContaining(`${trunk}: 10 Mb/s stated, 50.0 Mb/s measured`) },
    ]);
  });
});
