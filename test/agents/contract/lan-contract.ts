import { describe, expect, it } from 'vitest';
import { guestSpec, starHost } from '../star.js';
import { nowhere, type Stage, station } from './stage.js';

const [one, two, three] = [1, 2, 3].map((n) => guestSpec(n, 'lan').mac) as [string, string, string];
const printer = '06:00:00:00:00:01';

/** How every VNET core joins a network to the user's LAN. */
export function lanContract(on: () => Stage): void {
  describe('the LAN', () => {
    it('and the VMs reach each other', async () => {
      const stage = on();
      await buildLan(stage);
      const everybody = [station, 'vm-1', 'vm-2', 'vm-3'];
      const guests = everybody.slice(1);
      expect(await stage.reached(guests.map((from) => ({ from, to: printer })))).toEqual(guests.map(() => [station]));
      expect(await stage.reached(guests.map((from) => ({ from, to: 'group' })))).toEqual(
        guests.map((from) => everybody.filter((each) => each !== from)),
      );
      const inwards = [one, two, three, 'group'].map((to) => ({ from: station, source: printer, to }));
      expect(await stage.reached(inwards)).toEqual([['vm-1'], ['vm-2'], ['vm-3'], guests]);
    });

    it('gets no frame back, and none of its own under the address of a VM, and is not counted as a VM', async () => {
      const stage = on();
      const [a] = stage.hosts;
      await buildLan(stage);
      const before = await stage.drops(a, 'lan-filter');
      const refused = [
        { source: printer, to: nowhere },
        { source: two, to: one },
        { source: two, to: 'group' },
        { source: one, to: three },
      ];
      expect(await stage.reached(refused.map((each) => ({ from: station, ...each })))).toEqual([[], [], [], []]);
      expect(await stage.drops(a, 'lan-filter')).toBe(before + 4);
      expect(await stage.reached([{ from: station, source: printer, to: one }])).toEqual([['vm-1']]);
      const { matrix } = await stage.world.substrate(a).vnet.counters();
      expect(matrix.filter(({ source }) => source === printer)).toEqual([]);
    });

    it('gets nothing of a network that is not bridged to it', async () => {
      const stage = on();
      const [a] = stage.hosts;
      await buildLan(stage, false);
      const before = await stage.drops(a, 'no-rule');
      expect(await stage.deliveredTo('vm-3', printer)).toEqual([]);
      expect(await stage.drops(a, 'no-rule')).toBe(before + 1);
      expect(await stage.deliveredTo('vm-1', 'group')).toEqual(['vm-2', 'vm-3']);
    });
  });
}

/** A star whose Proxy hands over to the LAN what is for no VM. */
async function buildLan(stage: Stage, isBridged = true): Promise<void> {
  const [a] = stage.hosts;
  const star = stage.star();
  await stage.build(star);
  const proxy = starHost(star, a);
  const rules = proxy.rules.map((rule) =>
    rule.destination === 'group' ? { ...rule, to: [...rule.to, { kind: 'lan' as const }] } : rule,
  );
  rules.push({ network: 'lan', source: 'any', destination: 'any', to: [{ kind: 'lan' }] });
  const networks = isBridged ? [{ ...stage.network, lan: stage.world.lan }] : [stage.network];
  expect(await stage.converge(a, { ...proxy, networks, rules })).toEqual([]);
}
