import { describe, expect, it } from 'vitest';
import { guestSpec } from '../star.js';
import { nowhere, type Stage } from './stage.js';

/** What every VnetCore counts. */
export function countersContract(on: () => Stage): void {
  describe('counters', () => {
    it('count frames of local guests that matched a rule, where they enter', async () => {
      const stage = on();
      await stage.build(stage.star());
      const [a, b, c] = stage.hosts;
      const [two, three] = [guestSpec(2, 'lan'), guestSpec(3, 'lan')];
      const entry = async (host: string) =>
        (await stage.world.substrate(host).vnet.counters()).matrix.find(
          (each) => each.network === 'lan' && each.source === two.mac && each.destination === three.mac,
        ) ?? { bytes: 0, packets: 0 };
      const before = await entry(b);
      const links = { b: await stage.carried(b, a), a: await stage.carried(a, c), c: await stage.carried(c, a) };
      const frames = Array.from({ length: 5 }, () => ({ from: 'vm-2', to: three.mac }));
      expect(await stage.reached(frames)).toEqual(frames.map(() => ['vm-3']));
      const after = await entry(b);
      expect(after.packets - before.packets).toBe(5);
      expect(after.bytes - before.bytes).toBeGreaterThanOrEqual(5 * 14);
      expect(await entry(a)).toEqual({ bytes: 0, packets: 0 });
      expect(await entry(c)).toEqual({ bytes: 0, packets: 0 });
      expect((await stage.carried(b, a)).sentBytes).toBeGreaterThan(links.b.sentBytes);
      expect((await stage.carried(a, c)).sentBytes).toBeGreaterThan(links.a.sentBytes);
      expect((await stage.carried(c, a)).receivedBytes).toBeGreaterThan(links.c.receivedBytes);
    });

    it('count what no rule takes as dropped, and not as traffic', async () => {
      const stage = on();
      const [a] = stage.hosts;
      const guest = guestSpec(9, 'lan');
      expect(await stage.converge(a, { networks: [stage.network], links: [], guests: [guest], rules: [] })).toEqual([]);
      const before = await stage.drops(a, 'no-rule');
      expect(await stage.deliveredTo('vm-9', nowhere)).toEqual([]);
      expect(await stage.drops(a, 'no-rule')).toBe(before + 1);
      const { matrix } = await stage.world.substrate(a).vnet.counters();
      expect(matrix.filter((each) => each.source === guest.mac)).toEqual([]);
    });
  });
}
