import { afterAll, beforeAll, expect, it } from 'vitest';
import { converge } from '../../agents/converge.js';
import { type Route, traceRoute } from '../../cli/trace-route.js';
import type { HostDetail } from '../../schema/generated/types.js';
import { guestSpec, linkTo, type Star, type StarHost, starHost } from '../agents/star.js';
import { describeLab } from '../environment.js';
import { type LabWorld, labWorld, oneSite } from './lab-world.js';

const waitMs = { timeout: 20_000, interval: 50 };

/** What `virtuoso trace` says of a frame is held against where a real frame went, by the counters of every link. */
describeLab('the route that trace tells', ['root', 'namespaces', 'bpf', 'clang', 'libbpf'], () => {
  let world: LabWorld;
  const guests = [1, 2, 3, 4].map((n) => guestSpec(n, 'lan'));
  const [, two, three] = guests.map(({ mac }) => mac) as [string, string, string];

  const star = (): Star => ({
    network: { name: 'lan', vni: 77, mtu: 1450, proxy: 'host-1' },
    hosts: world.hosts,
    placement: guests.map((guest, index) => ({ guest, host: `host-${index + 1}` })),
    linkEnd: world.linkEnd,
  });
  const be = async (host: string, state: StarHost): Promise<void> => {
    const order = { host, generation: 1, samplingIntervalMs: 1000, departures: [], removals: [] };
    expect(await converge(world.substrate(host), { ...order, ...state })).toEqual([]);
  };
  /** What the agents would report. */
  const reported = (): Promise<HostDetail[]> =>
    Promise.all(
      world.hosts.map(async (host) => {
        const { vnet, vmm } = world.substrate(host);
        const seen = { ...(await vnet.current()), guests: await vmm.current(), faults: [], cpu: [] };
        const report = { host, boot: 'b', sequence: 1, generation: 1, atMs: 0, ...seen };
        return { host, connected: true, report } as HostDetail;
      }),
    );
  const crossed = async (): Promise<Record<string, number>> => {
    const ends = world.hosts.map(async (host) => {
      const { links } = await world.substrate(host).vnet.counters();
      return links.map(({ peer, sentBytes }) => [`${host} ${peer}`, sentBytes] as const);
    });
    return Object.fromEntries((await Promise.all(ends)).flat());
  };
  /** The route told, and links that a frame crossed with who got it. */
  const both = async (n: number, destination: string): Promise<{ told: Route; got: string[]; links: string[] }> => {
    const source = `02:00:00:00:00:0${n}`;
    const told = traceRoute(await reported(), `host-${n}`, { network: 'lan', source, destination });
    const before = await crossed();
    const { deliveredTo } = await world.send(`vm-${n}`, destination);
    const after = await crossed();
    return { told, got: deliveredTo, links: Object.keys(after).filter((link) => after[link] !== before[link]) };
  };
  const linksOf = ({ hops }: Route): string[] =>
    hops.filter(({ to }) => to.startsWith('host-')).map(({ host, to }) => `${host} ${to}`);

  beforeAll(async () => {
    world = await labWorld(oneSite(4));
    for (const host of world.hosts) {
      const state = starHost(star(), host);
      // Frames from the guest of host 2 to that of host 3 go by way of host 4, all others over the star.
      const fast = { network: 'lan', source: two, destination: three };
      if (host === 'host-2') state.rules.push({ ...fast, to: [linkTo('host-4')] });
      if (host === 'host-4') state.rules.push({ ...fast, to: [linkTo('host-3')] });
      const more = { 'host-2': ['host-4'], 'host-3': ['host-4'], 'host-4': ['host-2', 'host-3'] }[host] ?? [];
      state.links.push(...more.map((peer) => world.linkEnd(host, peer)));
      await be(host, state);
    }
  }, 120_000);
  afterAll(() => world?.close());

  it('is asked for once all links are up', async () => {
    const isUp = async () => (await reported()).every(({ report }) => report.links.every(({ up }) => up));
    await expect.poll(isUp, waitMs).toBe(true);
  });

  it('over the star is the one that a frame takes', async () => {
    const { told, got, links } = await both(3, two);
    expect(told).toMatchObject({ kind: 'delivered', guest: 'vm-2' });
    expect(got).toEqual(['vm-2']);
    expect(links.sort()).toEqual(linksOf(told).sort());
    expect(linksOf(told)).toEqual(['host-3 host-1', 'host-1 host-2']);
  });

  it('by way of a transit host is too, with the rule of the pair deciding', async () => {
    const { told, got, links } = await both(2, three);
    expect(told).toMatchObject({ kind: 'delivered', guest: 'vm-3' });
    expect(told.hops[0]?.rule).toMatchObject({ source: two, destination: three });
    expect(got).toEqual(['vm-3']);
    expect(links.sort()).toEqual(linksOf(told).sort());
    expect(linksOf(told)).toEqual(['host-2 host-4', 'host-4 host-3']);
  });

  it('follows a frame that falls back to the star where a link on its way is down', async () => {
    await world.cut('host-4', 'host-3', true);
    const down = async () =>
      (await reported()).find(({ host }) => host === 'host-4')?.report.links.find(({ link }) => link.peer === 'host-3')
        ?.up;
    await expect.poll(down, waitMs).toBe(false);
    const { told, got, links } = await both(2, three);
    expect(got).toEqual(['vm-3']);
    expect(links.sort()).toEqual(linksOf(told).sort());
    expect(linksOf(told)).toEqual(['host-2 host-4', 'host-4 host-1', 'host-1 host-3']);
    await world.cut('host-4', 'host-3', false);
  });

  it('of a frame that nobody takes ends where the frame does', async () => {
    const { told, got, links } = await both(1, '02:00:00:00:00:fe');
    expect(told.kind).toBe('dropped');
    expect(got).toEqual([]);
    expect(links).toEqual([]);
  });
});
