import { describe, expect, it } from 'vitest';
import { EmulatedFleet, type EmulatedFleetOptions } from '../../../agents/emulated/emulated-fleet.js';
import { syntheticPattern } from '../../../agents/emulated/patterns.js';
import { observe } from '../../../agents/look.js';
import type { PathEstimate } from '../../../schema/generated/types.js';
import { starHost } from '../star.js';
import { buildStar, Clock, convergeHost, fig14Underlay, flatUnderlay, hostNames, starOver } from './fleets.js';

const noise = { seed: 1, deviation: 0.02, missed: 0 };

interface Watching {
  fleet: EmulatedFleet;
  /** Lets time go by, while every host looks each second; what all looks of a host told. */
  watch(seconds: number): Promise<Map<string, PathEstimate[][]>>;
}

async function watching(underlay: Omit<EmulatedFleetOptions, 'nowMs'>, guestHosts: string[]): Promise<Watching> {
  const clock = new Clock();
  const fleet = new EmulatedFleet({ ...underlay, wren: noise, nowMs: clock.read });
  const hosts = hostNames(underlay.hosts.length);
  await buildStar(fleet, starOver(hosts, guestHosts));
  const watch = async (seconds: number) => {
    const told = new Map<string, PathEstimate[][]>(hosts.map((host) => [host, []]));
    for (let second = 0; second < seconds; second++) {
      clock.ms += 1000;
      for (const host of hosts) told.get(host)?.push((await fleet.substrate(host).wren?.paths()) ?? []);
    }
    return told;
  };
  return { fleet, watch };
}

const newest = (told: Map<string, PathEstimate[][]>, host: string, peer: string) =>
  told
    .get(host)
    ?.at(-1)
    ?.find((each) => each.peer === peer);
const flow = (rateMbps: number) => ({ source: 'vm-1', destination: 'vm-2', rateMbps });

describe('what emulated hosts learn of paths', () => {
  it('is nothing where nothing is sent, and nothing at once', async () => {
    const { fleet, watch } = await watching(flatUnderlay(3, 100), ['host-2', 'host-3']);
    for (const looks of (await watch(5)).values()) expect(looks.flat()).toEqual([]);
    fleet.offer([flow(20)]);
    expect((await watch(1)).get('host-1')).toEqual([[]]);
    const told = await watch(5);
    expect(newest(told, 'host-1', 'host-2')).toMatchObject({ direction: 'from-peer', method: 'two-sided' });
    expect(newest(told, 'host-3', 'host-1')).toBeDefined();
    expect(newest(told, 'host-1', 'host-3')).toBeUndefined();
  });

  it('is the capacity less what others use, with an interval that holds the truth about as often as it says', async () => {
    const { fleet, watch } = await watching(flatUnderlay(3, 100), ['host-2', 'host-3']);
    fleet.play({
      seed: 1,
      durationMs: 1e6,
      applications: [],
      crossTraffic: [{ kind: 'constant', resource: 'host-3 in', rateMbps: 60 }],
      failures: [],
      conduct: [],
    });
    fleet.offer([flow(20)]);
    await watch(10);
    const estimates = [...(await watch(1000))]
      .filter(([host]) => host === 'host-3')
      .flatMap(([, looks]) => looks.flat());
    const held = estimates.filter(({ available: { lowMbps, highMbps } }) => lowMbps <= 40 && highMbps >= 40);
    expect(held.length / estimates.length).toBeGreaterThan(0.9);
    expect(held.length).toBeLessThan(estimates.length);
    for (const { capacityMbps } of estimates) expect(Math.abs((capacityMbps ?? 0) - 100)).toBeLessThan(2);
  });

  it('is as uncertain as bursts of others make it, and nothing but bounds if that is too much', async () => {
    const watchedBeside = async (rateMbps: number, meanMs: number) => {
      const { fleet, watch } = await watching(flatUnderlay(3, 100), ['host-2', 'host-3']);
      const program = { pattern: syntheticPattern('bus', 2), guests: ['vm-1', 'vm-2'], peakMbps: 20, fromMs: 0 };
      const times = { meanOnMs: meanMs, meanOffMs: meanMs };
      fleet.play({
        seed: 1,
        durationMs: 1e6,
        applications: [program],
        crossTraffic: [{ kind: 'on-off', resource: 'host-3 in', rateMbps, ...times }],
        failures: [],
        conduct: [],
      });
      await watch(10);
      const looks = (await watch(500)).get('host-3')?.flat() ?? [];
      const stated = looks.flatMap(({ available: { mbps, ...bounds } }) => (mbps === undefined ? [] : [bounds]));
      const held = stated.filter(({ lowMbps, highMbps }) => lowMbps <= 60 && highMbps >= 60);
      const width = stated.reduce((sum, { lowMbps, highMbps }) => sum + highMbps - lowMbps, 0) / stated.length;
      return { share: stated.length / looks.length, held: held.length / stated.length, width };
    };
    const [short, long, heavy] = [
      await watchedBeside(60, 200),
      await watchedBeside(60, 1000),
      await watchedBeside(90, 1000),
    ];
    // The program's way back leaves 80 at the Proxy, bursts of others 40 at the receiver.
    expect(short.share).toBeGreaterThan(0.9);
    expect(short.held).toBeGreaterThan(0.9);
    expect(long.held).toBeGreaterThan(0.8);
    expect(long.width).toBeGreaterThan(1.5 * short.width);
    expect(heavy.share).toBeLessThan(0.5);
  });

  it('counts what other paths of the overlay use as of others', async () => {
    const { fleet, watch } = await watching(flatUnderlay(4, 100), ['host-2', 'host-3', 'host-4']);
    fleet.offer([flow(20), { source: 'vm-3', destination: 'vm-2', rateMbps: 30 }]);
    const told = await watch(10);
    const mbps = (host: string, peer: string) => newest(told, host, peer)?.available.mbps ?? 0;
    expect(Math.abs(mbps('host-1', 'host-2') - 70)).toBeLessThan(7);
    expect(Math.abs(mbps('host-1', 'host-4') - 80)).toBeLessThan(8);
    // Both flows go on from there on one path, where neither is another's traffic.
    expect(Math.abs(mbps('host-3', 'host-1') - 100)).toBeLessThan(10);
  });

  it('is only bounds while there is little traffic', async () => {
    const { fleet, watch } = await watching(flatUnderlay(3, 100), ['host-2', 'host-3']);
    fleet.offer([flow(0.2)]);
    const available = newest(await watch(8), 'host-1', 'host-2')?.available;
    expect(available).toEqual({ lowMbps: expect.closeTo(0.2, 3), highMbps: 100 });
  });

  it('grows old when traffic ends, and is forgotten after a minute', async () => {
    const { fleet, watch } = await watching(flatUnderlay(3, 100), ['host-2', 'host-3']);
    fleet.offer([flow(20)]);
    const before = newest(await watch(10), 'host-1', 'host-2');
    fleet.offer([]);
    const after = newest(await watch(50), 'host-1', 'host-2');
    expect(after?.available).toEqual(before?.available);
    expect(after?.atMs).toBe(before?.atMs);
    expect(newest(await watch(12), 'host-1', 'host-2')).toBeUndefined();
  });

  it('shows paths that share a bottleneck queueing together, and others not', async () => {
    const { fleet, watch } = await watching(fig14Underlay(), ['host-2', 'host-4', 'host-5']);
    fleet.offer([
      { source: 'vm-2', destination: 'vm-1', rateMbps: 4 },
      { source: 'vm-3', destination: 'vm-1', rateMbps: 4 },
    ]);
    const told = await watch(60);
    const series = (host: string, peer: string) =>
      (told.get(host) ?? []).flatMap((look) => look.find((each) => each.peer === peer)?.queueing?.delaysMs ?? []);
    const [a, b, c] = [series('host-1', 'host-4'), series('host-1', 'host-5'), series('host-2', 'host-1')];
    expect(a.length).toBeGreaterThan(500);
    expect(correlation(a, b)).toBeGreaterThan(0.8);
    expect(Math.abs(correlation(a, c))).toBeLessThan(0.3);
  });

  it('has the difference of two clocks in the delay, with opposite signs in the two directions', async () => {
    const underlay = flatUnderlay(3, 100);
    const clocks = [0, 500, 0].map((offsetMs) => ({ offsetMs, driftPpm: 0 }));
    const hosts = underlay.hosts.map((host, i) => ({ ...host, clock: clocks[i] ?? { offsetMs: 0, driftPpm: 0 } }));
    const { fleet, watch } = await watching({ ...underlay, hosts }, ['host-2', 'host-3']);
    fleet.offer([flow(20), { source: 'vm-2', destination: 'vm-1', rateMbps: 20 }]);
    const told = await watch(10);
    expect(newest(told, 'host-1', 'host-2')?.minimumDelayMs).toBe(2 - 500);
    expect(newest(told, 'host-2', 'host-1')?.minimumDelayMs).toBe(2 + 500);
  });

  it('is told by the sender of links without stamps, there and back', async () => {
    const { fleet, watch } = await watching(flatUnderlay(3, 100), ['host-2', 'host-3']);
    expect(fleet.substrate('host-1').capabilities.stamps).toBe(true);
    const star = starOver(hostNames(3), ['host-2', 'host-3']);
    for (const host of ['host-1', 'host-2']) {
      const state = starHost(star, host);
      const links = state.links.map(({ stamped: _stamped, ...link }) => link);
      expect(await convergeHost(fleet, host, { ...state, links })).toEqual([]);
    }
    fleet.offer([flow(20)]);
    const told = await watch(10);
    expect(newest(told, 'host-1', 'host-2')).toBeUndefined();
    expect(newest(told, 'host-2', 'host-1')).toMatchObject({ direction: 'to-peer', method: 'one-sided' });
  });

  it('is told by the sender of links of other types, there and back', async () => {
    const { fleet, watch } = await watching(flatUnderlay(3, 100), ['host-2', 'host-3']);
    const star = starOver(hostNames(3), ['host-2', 'host-3']);
    for (const [host, role] of [
      ['host-1', 'listen'],
      ['host-2', 'connect'],
    ] as const) {
      const state = starHost(star, host);
      const links = state.links.map((link) =>
        link.peer === 'host-3' ? link : { ...link, type: 'tcp' as const, role, port: 7000 },
      );
      expect(await convergeHost(fleet, host, { ...state, links })).toEqual([]);
    }
    fleet.offer([flow(20)]);
    const told = await watch(10);
    expect(newest(told, 'host-1', 'host-2')).toBeUndefined();
    expect(newest(told, 'host-2', 'host-1')).toMatchObject({
      direction: 'to-peer',
      method: 'one-sided',
      minimumDelayMs: 4,
    });
  });

  it('fits the contract of observations', async () => {
    const { fleet, watch } = await watching(flatUnderlay(3, 100), ['host-2', 'host-3']);
    fleet.offer([flow(20)]);
    await watch(10);
    const observation = await observe(fleet.substrate('host-1'), 'host-1', 1, 0);
    expect(observation.paths?.map(({ peer }) => peer)).toEqual(['host-2']);
  });
});

function correlation(a: (number | null)[], b: (number | null)[]): number {
  const pairs = a.flatMap((x, i): [number, number][] => {
    const y = b[i];
    return typeof x === 'number' && typeof y === 'number' ? [[x, y]] : [];
  });
  const mean = (of: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[of], 0) / pairs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const [xx, yy, xy] = pairs.reduce(
    ([p, q, r], [x, y]) => [p + (x - meanX) ** 2, q + (y - meanY) ** 2, r + (x - meanX) * (y - meanY)],
    [0, 0, 0],
  );
  return xy / Math.sqrt(xx * yy);
}
