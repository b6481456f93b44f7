import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SnapshotUnderlay } from '../../../reconciler/model/snapshot.js';
import {
  edgesByPair,
  resourcesOfPath,
  type Underlay,
  underlayOf,
  withEdges,
} from '../../../reconciler/model/underlay.js';
import { fig14Hosts, fig14Underlays, snapshotHost } from '../fig14-inventory.js';

const named = (underlay: Underlay, indices: readonly number[] | null) =>
  indices?.map((index) => underlay.resources[index]?.name);
const capacity = (underlay: Underlay, name: string) =>
  underlay.resources.find((resource) => resource.name === name)?.capacityMbps;
const edgeNames = (underlay: Underlay, from: number, to: number) =>
  named(underlay, edgesByPair(underlay)(from, to)?.resources ?? null);

describe('underlay of Fig. 14', () => {
  const underlay = underlayOf(fig14Hosts, fig14Underlays);

  test('is the same object until the inventory is another', () => {
    expect(underlayOf([...fig14Hosts], fig14Underlays)).toBe(underlay);
    const silent = fig14Hosts.map((host) => ({ ...host, presence: 'silent' as const }));
    expect(underlayOf(silent, fig14Underlays)).toBe(underlay);
    expect(underlayOf(fig14Hosts, [...fig14Underlays])).not.toBe(underlay);
    const moved = fig14Hosts.map((host) => ({ ...host, site: 'domain-1' }));
    expect(underlayOf(moved, fig14Underlays).edges).not.toEqual(underlay.edges);
    expect(underlayOf(fig14Hosts, fig14Underlays).edges).toEqual(underlay.edges);
  });

  test('can be left with some of its edges, in order', () => {
    const some = [
      { from: 'host-4', to: 'host-1' },
      { from: 'host-1', to: 'host-2' },
      { from: 'host-1', to: 'nobody' },
      { from: 'host-4', to: 'host-1' },
    ];
    const part = withEdges(underlay, fig14Hosts, some);
    expect(part.edges).toEqual([edgesByPair(underlay)(0, 1), edgesByPair(underlay)(3, 0)]);
    expect(part.resources).toBe(underlay.resources);
    expect(edgesByPair(part)(0, 2)).toBeUndefined();
  });

  test('joins every ordered pair, in order', () => {
    expect(underlay.edges).toHaveLength(30);
    expect(underlay.edges.slice(0, 6).map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [0, 4],
      [0, 5],
      [1, 0],
    ]);
  });

  test('an edge inside a domain is limited by its interfaces', () => {
    expect(edgeNames(underlay, 0, 1)).toEqual(['host-1/eth0 out', 'host-2/eth0 in']);
    expect(capacity(underlay, 'host-1/eth0 out')).toBe(100);
    expect(capacity(underlay, 'host-4/eth0 in')).toBe(1000);
  });

  test('edges between the domains share one trunk for each direction', () => {
    const out = 'wan domain-1--domain-2 out of domain-1';
    expect(edgeNames(underlay, 0, 3)).toEqual(['host-1/eth0 out', out, 'host-4/eth0 in']);
    expect(edgeNames(underlay, 2, 5)).toEqual(['host-3/eth0 out', out, 'host-6/eth0 in']);
    expect(edgeNames(underlay, 3, 0)?.[1]).toBe('wan domain-1--domain-2 out of domain-2');
    expect(capacity(underlay, out)).toBe(10);
    expect(underlay.resources.filter(({ name }) => name.startsWith('wan'))).toHaveLength(2);
  });

  test('carries addresses and latency, and a finite internal capacity for each host', () => {
    expect(edgesByPair(underlay)(3, 0)).toMatchObject({
      network: 'wan',
      localAddress: '10.0.0.4',
      remoteAddress: '10.0.0.1',
      latencyMs: 20,
    });
    expect(named(underlay, underlay.internal)?.[5]).toBe('host-6 internal');
  });

  test('a path uses the resources of its edges, one host its internal capacity', () => {
    const ofPath = resourcesOfPath(underlay);
    expect(named(underlay, ofPath([3, 0, 4]))).toEqual([
      ...['host-4/eth0 out', 'wan domain-1--domain-2 out of domain-2', 'host-1/eth0 in'],
      ...['host-1/eth0 out', 'wan domain-1--domain-2 out of domain-1', 'host-5/eth0 in'],
    ]);
    expect(named(underlay, ofPath([2]))).toEqual(['host-3 internal']);
  });
});

describe('underlays', () => {
  const site = (rateMbps: number | null): SnapshotUnderlay => ({
    name: 'lan',
    within: [{ site: 'here', rateMbps, latencyMs: 1 }],
    between: [],
  });
  const pair = (rateA: number | null, rateB: number | null) => [
    snapshotHost('a', 'here', [['eth0', 'lan', '10.0.0.1', rateA]]),
    snapshotHost('b', 'here', [['eth0', 'lan', '10.0.0.2', rateB]]),
  ];

  test('a rate within the site limits each direction of each pair where it is the smallest figure', () => {
    expect(edgeNames(underlayOf(pair(100, 100), [site(40)]), 0, 1)).toEqual(['a/eth0 out', 'lan a -> b', 'b/eth0 in']);
    expect(edgeNames(underlayOf(pair(100, null), [site(400)]), 1, 0)).toEqual(['a/eth0 in']);
    expect(edgeNames(underlayOf(pair(null, null), [site(400)]), 1, 0)).toEqual(['lan b -> a']);
  });

  test('where no figure limits an edge, the two hosts do', () => {
    const underlay = underlayOf(pair(null, null), [site(null)]);
    expect(edgeNames(underlay, 0, 1)).toEqual(['a internal', 'b internal']);
  });

  test('no common Network, or no entry for the two sites: no edge, and no resources of a path over it', () => {
    const hosts = [
      snapshotHost('a', 'here', [['eth0', 'lan', '10.0.0.1', 1]]),
      snapshotHost('b', 'here', [['eth0', 'other', '10.1.0.2', 1]]),
      snapshotHost('c', 'there', [['eth0', 'lan', '10.0.0.3', 1]]),
    ];
    const underlay = underlayOf(hosts, [site(10)]);
    expect(underlay.edges).toEqual([]);
    expect(resourcesOfPath(underlay)([0, 1])).toBeNull();
  });

  test('both directions of a link run between the interfaces that the first host prefers', () => {
    const hosts = [
      snapshotHost('a', 'here', [
        ['eth0', 'unreachable', '10.2.0.1', 1],
        ['eth1', 'lan', '10.0.0.1', 100],
        ['eth2', 'fast', '10.1.0.1', 1000],
      ]),
      snapshotHost('b', 'here', [
        ['eth0', 'fast', '10.1.0.2', 1000],
        ['eth1', 'lan', '10.0.0.2', 100],
        ['eth2', 'unreachable', '10.2.0.2', 1],
      ]),
    ];
    const underlay = underlayOf(hosts, [
      { name: 'fast', within: [{ site: 'here', rateMbps: null, latencyMs: 1 }], between: [] },
      site(null),
      { name: 'unreachable', within: [], between: [] },
    ]);
    const edgeBetween = edgesByPair(underlay);
    expect(edgeBetween(0, 1)).toMatchObject({ network: 'lan', localAddress: '10.0.0.1', remoteAddress: '10.0.0.2' });
    expect(edgeBetween(1, 0)).toMatchObject({ network: 'lan', localAddress: '10.0.0.2', remoteAddress: '10.0.0.1' });
    expect(edgeNames(underlay, 1, 0)).toEqual(['b/eth1 out', 'a/eth1 in']);
  });

  test('every edge uses a resource of finite capacity and has an opposite between the same addresses', () => {
    const rate = fc.option(fc.integer({ min: 1, max: 1000 }), { nil: null });
    const anyHosts = fc
      .array(fc.record({ site: fc.constantFrom('s', 't'), networks: fc.array(fc.constantFrom('m', 'n')), rate }))
      .map((drafts) =>
        drafts.map(({ site: at, networks, rate: mbps }, h) =>
          snapshotHost(
            `h${h}`,
            at,
            networks.map((network, i) => [`eth${i}`, network, `10.${i}.0.${h}`, mbps]),
          ),
        ),
      );
    const anyUnderlays = fc.tuple(rate, rate).map(([within, between]): SnapshotUnderlay[] =>
      ['m', 'n'].map((name) => ({
        name,
        within: ['s', 't'].map((each) => ({ site: each, rateMbps: within, latencyMs: 1 })),
        between: between === null ? [] : [{ sites: ['s', 't'], rateMbps: between, latencyMs: 9 }],
      })),
    );
    fc.assert(
      fc.property(anyHosts, anyUnderlays, (hosts, underlays) => {
        const underlay = underlayOf(hosts, underlays);
        const edgeBetween = edgesByPair(underlay);
        for (const edge of underlay.edges) {
          expect(edge.resources.length).toBeGreaterThan(0);
          for (const index of edge.resources) expect(underlay.resources[index]?.capacityMbps).toBeGreaterThan(0);
          const back = edgeBetween(edge.to, edge.from);
          expect([back?.localAddress, back?.remoteAddress]).toEqual([edge.remoteAddress, edge.localAddress]);
        }
        expect(new Set(underlay.resources.map(({ name }) => name)).size).toBe(underlay.resources.length);
      }),
      { seed: 14, numRuns: 200 },
    );
  });
});
