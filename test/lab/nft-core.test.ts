import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { converge } from '../../agents/converge.js';
import { ip } from '../../agents/linux/ip.js';
import { NetworkNamespace, namespacePath } from '../../agents/linux/namespace.js';
import { linkDevice } from '../../agents/vnet/nft/device-name.js';
import { nft } from '../../agents/vnet/nft/nft.js';
import type { Rule } from '../../schema/generated/types.js';
import { guestSpec, linkTo, type Star, type StarHost, starHost } from '../agents/star.js';
import { describeLab } from '../environment.js';
import { type LabWorld, labWorld, oneSite } from './lab-world.js';

const keepAliveMs = 400;
const [one, two, three] = [1, 2, 3].map((n) => guestSpec(n, 'lan').mac) as [string, string, string];
const [a, b, c] = ['host-1', 'host-2', 'host-3'] as const;

describeLab('nftables core in the lab', ['root', 'namespaces', 'nftables', 'tun', 'clang', 'libbpf'], () => {
  let world: LabWorld;
  let star: Star;

  const be = async (host: string, state: StarHost): Promise<void> => {
    const order = { host, generation: 1, samplingIntervalMs: 1000, keepAliveMs, departures: [], removals: [] };
    expect(await converge(world.substrate(host), { ...order, ...state })).toEqual([]);
  };
  const on = <T>(host: string, task: () => T extends Promise<unknown> ? never : T): T => {
    const namespace = new NetworkNamespace(namespacePath(world.names.host(host)));
    try {
      return namespace.within(task);
    } finally {
      namespace.close();
    }
  };
  const linkOf = async (host: string, peer: string) =>
    (await world.substrate(host).vnet.current()).links.find(({ link }) => link.peer === peer);
  const until = async (seen: () => Promise<boolean>): Promise<void> => {
    for (let waitedMs = 0; waitedMs < 10_000 && !(await seen()); waitedMs += 20) await sleep(20);
    expect(await seen()).toBe(true);
  };
  const linked = (host: string, peer: string, up = true) => until(async () => (await linkOf(host, peer))?.up === up);
  const drops = async (host: string, reason: string): Promise<number> =>
    (await world.substrate(host).vnet.counters()).drops.find((each) => each.reason === reason)?.frames ?? 0;
  const sent = async (host: string, peer: string): Promise<number> =>
    (await world.substrate(host).vnet.counters()).links.find((each) => each.peer === peer)?.sentBytes ?? 0;
  /** Who of the other guests gets frames of `from`. */
  const reached = (from: number, to: string, count = 1): number[] => {
    const guest = (n: number) => world.names.guest(`vm-${n}`);
    return world.frames.send(
      to,
      guest(from),
      [1, 2, 3].map(guest).filter((name) => name !== guest(from)),
      count,
    );
  };
  /** What the peer sends over the link does not arrive at the host. */
  const deafen = (host: string, peer: string, isDeaf: boolean): void => {
    const { port = 0 } = world.linkEnd(host, peer);
    const table = 'ip deaf';
    const lines = [
      `table ${table} {`,
      'chain input {',
      'type filter hook input priority -400; policy accept;',
      `udp dport ${port} drop`,
      '}',
      '}',
    ];
    expect(on(host, () => nft(isDeaf ? lines : [`delete table ${table}`]))).toBeUndefined();
  };
  const fastPath = (): Record<string, StarHost> => {
    const [proxy, from, to] = [starHost(star, a), starHost(star, b), starHost(star, c)];
    const rule: Rule = { network: 'lan', source: two, destination: three, to: [linkTo(c)] };
    // At the Proxy a rule of the same pair leads back: a frame that has fallen to the star must not follow it.
    proxy.rules.push({ ...rule, to: [linkTo(b)] });
    from.links.push(world.linkEnd(b, c));
    from.rules.push(rule);
    to.links.push(world.linkEnd(c, b));
    return { [a]: proxy, [b]: from, [c]: to };
  };

  beforeAll(async () => {
    world = await labWorld(oneSite(3), 'nftables');
    star = {
      network: { name: 'lan', vni: 77, mtu: 1450, proxy: a },
      hosts: world.hosts,
      placement: world.hosts.map((host, index) => ({ guest: guestSpec(index + 1, 'lan'), host })),
      linkEnd: world.linkEnd,
    };
    for (const [host, state] of Object.entries(fastPath())) await be(host, state);
    for (const host of world.hosts) for (const peer of world.hosts) if (peer !== host) await linked(host, peer);
  });
  afterAll(() => world?.close());

  it('says what it is and what it lacks', () => {
    const { core, linkTypes, lacks } = world.substrate(a).capabilities;
    expect([core, linkTypes]).toEqual(['nftables', ['udp']]);
    expect(lacks?.join('\n')).toMatch(/ARP.*offloaded/s);
  });

  it('gives a cut fast path’s frames to the star, without any agent', async () => {
    const before = await sent(b, c);
    expect(reached(2, three)).toEqual([0, 1]);
    expect(await sent(b, c)).toBeGreaterThan(before);
    for (const host of world.hosts) await world.substrate(host).close();
    deafen(c, b, true);
    await sleep(2 * keepAliveMs);
    expect(reached(2, three)).toEqual([0, 1]);
    deafen(c, b, false);
    for (const host of world.hosts) await world.restart(host);
    await linked(b, c);
    expect(await sent(b, c)).toBe(before + 60);
    expect(reached(2, three)).toEqual([0, 1]);
    expect(await sent(b, c)).toBe(before + 120);
  });

  it('is down at both ends where one end is not heard, and says which', async () => {
    deafen(c, b, true);
    await linked(b, c, false);
    await linked(c, b, false);
    expect((await linkOf(b, c))?.trouble).toContain(`${c} is heard, and does not hear this host`);
    expect((await linkOf(c, b))?.trouble).toContain(`Nothing is heard of ${b}`);
    deafen(c, b, false);
    await linked(b, c);
    await linked(c, b);
    expect((await linkOf(b, c))?.trouble).toBeUndefined();
  });

  it('takes frames from the far ends of its own links alone', async () => {
    const { local, port } = world.linkEnd(b, c);
    const before = await drops(b, 'no-port');
    on(a, () => spawnSync('bash', ['-c', `echo hello > /dev/udp/${local}/${port}`]));
    await until(async () => (await drops(b, 'no-port')) === before + 1);
  });

  it('waits for a link anew that has changed', async () => {
    const state = fastPath()[b] as StarHost;
    const links = state.links.map((link) => (link.peer === c ? { ...link, port: 6000 } : link));
    await be(b, { ...state, links });
    expect(await linkOf(b, c)).toMatchObject({ link: { port: 6000 }, up: false, setUpMs: 0 });
    expect(reached(2, three)).toEqual([0, 1]);
    await be(b, state);
    await linked(b, c);
    expect((await linkOf(b, c))?.setUpMs).toBeGreaterThan(0);
  });

  it('tells of a path that is too narrow for the largest frames', async () => {
    on(c, () => expect(ip(['link set eth0 mtu 1400'])).toBeUndefined());
    await until(async () => (await linkOf(a, c))?.trouble?.includes('lower the MTU') === true);
    expect((await linkOf(a, c))?.up).toBe(true);
    on(c, () => expect(ip(['link set eth0 mtu 1500'])).toBeUndefined());
    await until(async () => (await linkOf(a, c))?.trouble === undefined);
  });

  it('tells which rules are not in effect when somebody else has changed the table, and mends it when told again', async () => {
    const { vnet } = world.substrate(b);
    const { rules } = fastPath()[b] as StarHost;
    const { epoch } = await vnet.counters();
    expect((await vnet.current()).rules).toEqual(rules);
    const name = on(b, () =>
      /map (g\d+-address-address-77)/.exec(
        spawnSync('nft', ['list', 'table', 'netdev', 'vnet'], { encoding: 'utf8' }).stdout,
      ),
    )?.[1];
    on(b, () => expect(nft([`flush map netdev vnet ${name}`])).toBeUndefined());
    expect((await vnet.current()).rules).toEqual(rules.filter(({ source }) => source === 'any'));
    expect(await vnet.forward(rules)).toEqual([]);
    expect((await vnet.current()).rules).toEqual(rules);
    on(b, () => expect(nft(['delete table netdev vnet'])).toBeUndefined());
    expect((await vnet.current()).rules).toEqual([]);
    expect(await vnet.forward(rules)).toEqual([]);
    expect((await vnet.current()).rules).toEqual(rules);
    expect((await vnet.counters()).epoch).not.toBe(epoch);
    expect(reached(2, one)).toEqual([1, 0]);
  });

  it('makes devices anew that somebody has taken away', async () => {
    on(b, () => expect(ip([`link del ${linkDevice(c, 77)}`])).toBeUndefined());
    expect((await world.substrate(b).vnet.current()).rules).not.toEqual(fastPath()[b]?.rules);
    await be(b, fastPath()[b] as StarHost);
    await linked(b, c);
    expect((await world.substrate(b).vnet.current()).rules).toEqual(fastPath()[b]?.rules);
    const before = await sent(b, c);
    expect(reached(2, three)).toEqual([0, 1]);
    expect(await sent(b, c)).toBe(before + 60);
  });

  it('leaves nothing behind when nothing is left to forward', async () => {
    for (const host of world.hosts) {
      const nothing = { networks: [], links: [], guests: [], rules: [] };
      const order = {
        host,
        generation: 1,
        samplingIntervalMs: 1000,
        departures: [],
        removals: ['vm-1', 'vm-2', 'vm-3'],
      };
      expect(await converge(world.substrate(host), { ...order, ...nothing })).toEqual([]);
      const devices = on(host, () => spawnSync('ip', ['-br', 'link'], { encoding: 'utf8' }).stdout);
      expect(devices).not.toMatch(/vx-|vnet|p-/);
      const table = on(host, () => spawnSync('nft', ['list', 'table', 'netdev', 'vnet'], { encoding: 'utf8' }).stdout);
      expect(table).not.toMatch(/chain (?!epoch-)/);
    }
  });
});
