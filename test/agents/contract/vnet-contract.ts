import { describe, expect, it } from 'vitest';
import { guestSpec, linkTo, portTo, type StarHost, starHost } from '../star.js';
import { byKey, nowhere, type Stage } from './stage.js';

/** What every VnetCore does. */
export function vnetContract(on: () => Stage): void {
  describe('networks and links', () => {
    it('are in effect as given, and up once both ends are there', async () => {
      const stage = on();
      const built = stage.star();
      await stage.build(built);
      for (const host of stage.hosts) {
        const current = await stage.world.substrate(host).vnet.current();
        expect(current.networks).toEqual([stage.network]);
        expect(current.links.map(({ link }) => link)).toEqual(
          [...starHost(built, host).links].sort((x, y) => (x.peer < y.peer ? -1 : 1)),
        );
        for (const { up, setUpMs } of current.links) {
          expect(up).toBe(true);
          expect(setUpMs).toBeGreaterThanOrEqual(0);
        }
      }
    });

    it('are taken away by retire alone', async () => {
      const stage = on();
      const built = stage.star();
      await stage.build(built);
      const [a, b] = stage.hosts;
      const { vnet } = stage.world.substrate(a);
      expect(await vnet.provide([stage.network], [])).toEqual([]);
      expect((await vnet.current()).links).toHaveLength(2);
      expect(await vnet.retire([stage.network], [stage.world.linkEnd(a, b)])).toEqual([]);
      expect((await vnet.current()).links.map(({ link }) => link.peer)).toEqual([b]);
    });

    it('carry nothing without an end on the other side', async () => {
      const stage = on();
      await stage.build(stage.star());
      const [a, , c] = stage.hosts;
      expect(await stage.deliveredTo('vm-1', guestSpec(2, 'lan').mac)).toEqual(['vm-2']);
      expect(await stage.world.substrate(stage.hosts[1]).vnet.retire([stage.network], [])).toEqual([]);
      expect(await stage.deliveredTo('vm-1', guestSpec(2, 'lan').mac)).toEqual([]);
      expect(await stage.deliveredTo('vm-3', guestSpec(1, 'lan').mac)).toEqual(['vm-1']);
      expect((await stage.world.substrate(c).vnet.current()).links.map(({ link }) => link.peer)).toEqual([a]);
    });
  });

  describe('forwarding', () => {
    it('delivers unicast and broadcasts between all guests of a star, once', async () => {
      const stage = on();
      const extra = [
        { guest: guestSpec(4, 'lan'), host: stage.hosts[0] },
        { guest: guestSpec(5, 'lan'), host: stage.hosts[1] },
      ];
      const built = stage.star([...stage.star().placement, ...extra]);
      await stage.build(built);
      await stage.expectWhole(built.placement.map(({ guest }) => guest));
    });

    it('sends no group frame by unicast rules, and no unicast frame by group rules', async () => {
      const stage = on();
      const [a] = stage.hosts;
      const guests = [guestSpec(1, 'lan'), guestSpec(2, 'lan')];
      const state: StarHost = { networks: [stage.network], links: [], guests, rules: [] };
      state.rules = [{ network: 'lan', source: 'any', destination: 'any', to: [portTo('vm-2')] }];
      expect(await stage.converge(a, state)).toEqual([]);
      expect(await stage.deliveredTo('vm-1', 'group')).toEqual([]);
      expect(await stage.deliveredTo('vm-1', nowhere)).toEqual(['vm-2']);
      state.rules = [{ network: 'lan', source: 'any', destination: 'group', to: [portTo('vm-2')] }];
      expect(await stage.converge(a, state)).toEqual([]);
      expect(await stage.deliveredTo('vm-1', 'group')).toEqual(['vm-2']);
      expect(await stage.deliveredTo('vm-1', nowhere)).toEqual([]);
    });

    it('follows a fast path for its pair alone', async () => {
      const stage = on();
      const built = stage.star();
      await stage.build(built);
      const [a, b, c] = stage.hosts;
      const [, two, three] = [1, 2, 3].map((n) => guestSpec(n, 'lan'));
      if (!two || !three) throw new Error('unreachable');
      for (const [host, peer] of [
        [b, c],
        [c, b],
      ] as const) {
        const state = starHost(built, host);
        state.links.push(stage.world.linkEnd(host, peer));
        if (host === b) state.rules.push({ network: 'lan', source: two.mac, destination: three.mac, to: [linkTo(c)] });
        expect(await stage.converge(host, state)).toEqual([]);
      }
      await stage.linked(b, [c]);
      const sent = async (host: string, peer: string) => (await stage.carried(host, peer)).sentBytes;
      const before = { direct: await sent(b, c), back: await sent(c, b), star: await sent(a, c) };
      expect(await stage.deliveredTo('vm-2', three.mac)).toEqual(['vm-3']);
      expect(await sent(b, c)).toBeGreaterThan(before.direct);
      expect(await sent(a, c)).toBe(before.star);
      expect(await stage.deliveredTo('vm-3', two.mac)).toEqual(['vm-2']);
      expect(await sent(c, b)).toBe(before.back);
    });

    it('never sends a frame back to the link it came from', async () => {
      const stage = on();
      const [a, b] = stage.hosts;
      const guest = guestSpec(1, 'lan');
      const back = (host: string, peer: string): StarHost => ({
        networks: [stage.network],
        links: [stage.world.linkEnd(host, peer)],
        guests: host === b ? [guest] : [],
        rules: [{ network: 'lan', source: 'any', destination: 'any', to: [linkTo(peer)] }],
      });
      expect(await stage.converge(a, back(a, b))).toEqual([]);
      expect(await stage.converge(b, back(b, a))).toEqual([]);
      const before = await stage.drops(a, 'split-horizon');
      expect(await stage.deliveredTo('vm-1', nowhere)).toEqual([]);
      expect(await stage.drops(a, 'split-horizon')).toBe(before + 1);
    });

    it('ends a loop by the hop budget', async () => {
      const stage = on();
      const [a, b, c] = stage.hosts;
      const ring: [string, string, string][] = [
        [a, b, c],
        [b, c, a],
        [c, a, b],
      ];
      for (const [host, next, previous] of ring)
        expect(
          await stage.converge(host, {
            networks: [stage.network],
            links: [stage.world.linkEnd(host, next), stage.world.linkEnd(host, previous)],
            guests: host === a ? [guestSpec(1, 'lan')] : [],
            rules: [{ network: 'lan', source: 'any', destination: 'any', to: [linkTo(next)] }],
          }),
        ).toEqual([]);
      await stage.linked(a, [b, c]);
      const drops = () => Promise.all(stage.hosts.map((host) => stage.drops(host, 'hop-budget')));
      const before = await drops();
      expect(await stage.deliveredTo('vm-1', nowhere)).toEqual([]);
      // After 16 links it is on the second host again.
      expect((await drops()).map((count, index) => count - (before[index] ?? 0))).toEqual([0, 1, 0]);
    });

    it('replaces the whole table and tells what is in effect', async () => {
      const stage = on();
      const built = stage.star();
      await stage.build(built);
      const { vnet } = stage.world.substrate(stage.hosts[0]);
      const { rules } = starHost(built, stage.hosts[0]);
      expect(byKey((await vnet.current()).rules)).toEqual(byKey(rules));
      expect(await vnet.forward(rules.slice(0, 1))).toEqual([]);
      expect((await vnet.current()).rules).toEqual(rules.slice(0, 1));
      expect(await stage.deliveredTo('vm-1', guestSpec(2, 'lan').mac)).toEqual([]);
    });
  });
}
