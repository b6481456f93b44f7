import { describe, expect, it } from 'vitest';
import { EmulatedFleet, type EmulatedFleetOptions } from '../../../agents/emulated/emulated-fleet.js';
import type { Flow } from '../../../agents/emulated/route.js';
import type { Rule } from '../../../schema/generated/types.js';
import { guestSpec, linkTo, starHost } from '../star.js';
import { buildStar, Clock, convergeHost, fig14Underlay, flatUnderlay, hostNames, linkEnd, starOver } from './fleets.js';

const mac = (n: number) => guestSpec(n, 'lan').mac;

/** vm-1 to 3 want 50 Mb/s pairwise, and 5 Mb/s to and from vm-4. */
function fig14Flows(): Flow[] {
  const names = ['vm-1', 'vm-2', 'vm-3', 'vm-4'];
  return names.flatMap((source) =>
    names
      .filter((destination) => destination !== source)
      .map((destination) => ({ source, destination, rateMbps: [source, destination].includes('vm-4') ? 5 : 50 })),
  );
}

function fleetOn(underlay: Omit<EmulatedFleetOptions, 'nowMs'>, options: Partial<EmulatedFleetOptions> = {}) {
  const clock = new Clock();
  return { clock, fleet: new EmulatedFleet({ ...underlay, nowMs: clock.read, ...options }) };
}

describe('Fig. 14', () => {
  it('gives each of 12 flows a ninth of the WAN on the star', async () => {
    const { fleet } = fleetOn(fig14Underlay());
    await buildStar(fleet, starOver(hostNames(6), ['host-2', 'host-4', 'host-5', 'host-6']));
    fleet.offer(fig14Flows());
    const flows = fleet.throughput();
    expect(flows).toHaveLength(12);
    for (const { rateMbps } of flows) expect(rateMbps).toBeCloseTo(10 / 9, 9);
    expect(fleet.throughputMbps()).toBeCloseTo(120 / 9, 9);
  });

  it('gives all heavy flows what they want once they are in domain 2 with fast paths', async () => {
    const { fleet } = fleetOn(fig14Underlay());
    const star = starOver(hostNames(6), ['host-4', 'host-5', 'host-6', 'host-1']);
    await buildStar(fleet, star);
    const domain2 = ['host-4', 'host-5', 'host-6'];
    for (const [i, host] of domain2.entries()) {
      const state = starHost(star, host);
      for (const [j, peer] of domain2.entries()) {
        if (i === j) continue;
        state.links.push(linkEnd(host, peer));
        state.rules.push({ network: 'lan', source: mac(i + 1), destination: mac(j + 1), to: [linkTo(peer)] });
      }
      expect(await convergeHost(fleet, host, state)).toEqual([]);
    }
    fleet.offer(fig14Flows());
    for (const { source, destination, rateMbps } of fleet.throughput())
      expect(rateMbps).toBeCloseTo([source, destination].includes('vm-4') ? 10 / 3 : 50, 9);
    expect(fleet.throughputMbps()).toBeCloseTo(320, 9);
  });
});

describe('applications', () => {
  it('share the internal capacity of one host', async () => {
    const { hosts, ...rest } = flatUnderlay(1);
    const { fleet } = fleetOn({ ...rest, hosts: hosts.map((host) => ({ ...host, internalMbps: 30 })) });
    await buildStar(fleet, starOver(['host-1'], ['host-1', 'host-1', 'host-1']));
    fleet.offer([
      { source: 'vm-1', destination: 'vm-2', rateMbps: 50 },
      { source: 'vm-2', destination: 'vm-3', rateMbps: 10 },
    ]);
    expect(fleet.throughput().map(({ rateMbps }) => rateMbps)).toEqual([20, 10]);
  });

  it('send in proportion to the compute their guests get', async () => {
    const { hosts, ...rest } = flatUnderlay(2);
    const { clock, fleet } = fleetOn({ ...rest, hosts: hosts.map((host) => ({ ...host, computeCores: 2 })) });
    const star = starOver(['host-1', 'host-2'], ['host-1', 'host-1', 'host-2']);
    for (const each of star.placement) each.guest.computeCores = each.host === 'host-1' ? 2 : 1;
    await buildStar(fleet, star);
    fleet.offer([
      { source: 'vm-1', destination: 'vm-3', rateMbps: 100 },
      { source: 'vm-3', destination: 'vm-1', rateMbps: 100 },
    ]);
    expect(fleet.throughput().map(({ rateMbps }) => rateMbps)).toEqual([50, 100]);
    clock.ms += 1000;
    expect(await fleet.substrate('host-1').vmm.usage()).toEqual([
      { guest: 'vm-1', cpuMs: 1000, waitMs: 1000 },
      { guest: 'vm-2', cpuMs: 1000, waitMs: 1000 },
    ]);
    expect(await fleet.substrate('host-2').vmm.usage()).toEqual([{ guest: 'vm-3', cpuMs: 1000, waitMs: 0 }]);
    expect(await fleet.substrate('host-1').vmm.converge([], [], ['vm-2'])).toEqual([]);
    expect(fleet.throughput()[0]?.rateMbps).toBe(100);
  });

  it('get nothing without a path, and their retries count as drops', async () => {
    const { clock, fleet } = fleetOn(flatUnderlay(3));
    const star = starOver(hostNames(3), ['host-2', 'host-3']);
    await buildStar(fleet, star);
    fleet.offer([{ source: 'vm-1', destination: 'vm-2', rateMbps: 10 }]);
    expect(fleet.throughputMbps()).toBe(10);
    expect(await fleet.substrate('host-1').vnet.forward([])).toEqual([]);
    expect(fleet.throughputMbps()).toBe(0);
    clock.ms += 5000;
    expect((await fleet.substrate('host-1').vnet.counters()).drops).toEqual([{ reason: 'no-rule', frames: 5 }]);
    expect(await fleet.substrate('host-1').vnet.forward(starHost(star, 'host-1').rules)).toEqual([]);
    expect(fleet.throughputMbps()).toBe(10);
  });

  it('wait for guests that do not run yet', async () => {
    const { fleet } = fleetOn(flatUnderlay(3));
    fleet.offer([{ source: 'vm-1', destination: 'vm-2', rateMbps: 10 }]);
    expect(fleet.throughputMbps()).toBe(0);
    await buildStar(fleet, starOver(hostNames(3), ['host-2', 'host-3']));
    expect(fleet.throughputMbps()).toBe(10);
  });
});

describe('counters', () => {
  const flow = { source: 'vm-1', destination: 'vm-2', rateMbps: 8 };

  it('integrate piecewise constant rates exactly, however rarely they are read', async () => {
    const { clock, fleet } = fleetOn(flatUnderlay(3));
    await buildStar(fleet, starOver(hostNames(3), ['host-2', 'host-3']));
    fleet.offer([flow]);
    clock.ms += 1500;
    fleet.offer([{ ...flow, rateMbps: 2 }]);
    clock.ms += 4000;
    fleet.offer([]);
    clock.ms += 9000;
    const bytes = 1500 * 1000 + 4000 * 250;
    const packets = Math.floor(bytes / 1464);
    const at = async (host: string) => fleet.substrate(host).vnet.counters();
    expect((await at('host-2')).matrix).toEqual([
      { network: 'lan', source: mac(1), destination: mac(2), bytes, packets },
    ]);
    expect((await at('host-2')).links).toEqual([{ peer: 'host-1', sentBytes: bytes, receivedBytes: 0 }]);
    expect((await at('host-1')).matrix).toEqual([]);
    expect((await at('host-1')).links).toEqual([
      { peer: 'host-2', sentBytes: 0, receivedBytes: bytes },
      { peer: 'host-3', sentBytes: bytes, receivedBytes: 0 },
    ]);
    expect(fleet.deliveredMb()).toBeCloseTo((bytes * 8) / 1e6, 9);
  });

  it('take a change into account from its very instant, on whichever host it happens', async () => {
    const { clock, fleet } = fleetOn(flatUnderlay(3));
    const star = starOver(hostNames(3), ['host-2', 'host-3']);
    await buildStar(fleet, star);
    fleet.offer([flow]);
    clock.ms += 1000;
    const { vnet } = fleet.substrate('host-3');
    await vnet.retire([star.network], []);
    clock.ms += 700;
    await vnet.provide([], starHost(star, 'host-3').links);
    clock.ms += 50;
    const rules: Rule[] = [...starHost(star, 'host-2').rules];
    await fleet.substrate('host-2').vnet.forward(rules.filter(({ destination }) => destination !== 'any'));
    clock.ms += 300;
    expect(fleet.deliveredMb()).toBeCloseTo(8 * 1.05, 9);
  });

  it('begin a new epoch at zero when the core is reset', async () => {
    const { clock, fleet } = fleetOn(flatUnderlay(3));
    const star = starOver(hostNames(3), ['host-2', 'host-3']);
    await buildStar(fleet, star);
    fleet.offer([flow]);
    clock.ms += 1000;
    const { vnet, vmm } = fleet.substrate('host-2');
    const before = await vnet.counters();
    fleet.resetCore('host-2');
    const after = await vnet.counters();
    expect(after.epoch).not.toBe(before.epoch);
    expect(after).toMatchObject({ matrix: [], links: [], drops: [] });
    expect(await vnet.current()).toMatchObject({ networks: [], links: [], rules: [] });
    expect((await vmm.current()).map(({ phase }) => phase)).toEqual(['running']);
    expect(fleet.throughputMbps()).toBe(0);
    expect(await convergeHost(fleet, 'host-2', starHost(star, 'host-2'))).toEqual([]);
    clock.ms += 1000;
    expect((await vnet.counters()).matrix).toMatchObject([{ bytes: 1_000_000 }]);
  });

  it('count on when a core is reset and set up again within one instant', async () => {
    const { clock, fleet } = fleetOn(flatUnderlay(3));
    const star = starOver(hostNames(3), ['host-2', 'host-3']);
    await buildStar(fleet, star);
    fleet.offer([flow]);
    clock.ms += 1000;
    fleet.resetCore('host-2');
    expect(await convergeHost(fleet, 'host-2', starHost(star, 'host-2'))).toEqual([]);
    clock.ms += 1000;
    expect((await fleet.substrate('host-2').vnet.counters()).matrix).toMatchObject([{ bytes: 1_000_000 }]);
    expect(fleet.deliveredMb()).toBeCloseTo(16, 9);
  });

  it('with noise stay near the truth, never shrink, and repeat with the seed', async () => {
    const read = async (seed: number) => {
      const { clock, fleet } = fleetOn({ ...flatUnderlay(3), seed }, { counterNoise: 0.2 });
      await buildStar(fleet, starOver(hostNames(3), ['host-2', 'host-3']));
      fleet.offer([flow]);
      const series: number[] = [];
      for (let second = 0; second < 50; second++) {
        clock.ms += 1000;
        series.push((await fleet.substrate('host-2').vnet.counters()).matrix[0]?.bytes ?? 0);
      }
      return series;
    };
    const series = await read(3);
    const growths = series.map((bytes, i) => bytes - (series[i - 1] ?? 0));
    for (const growth of growths) {
      expect(growth).toBeGreaterThanOrEqual(0.8e6 - 1);
      expect(growth).toBeLessThanOrEqual(1.2e6 + 1);
    }
    expect(new Set(growths).size).toBeGreaterThan(40);
    expect(await read(3)).toEqual(series);
    expect(await read(4)).not.toEqual(series);
  });
});
