import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../schema/generated/types.js';
import { guestSpec, linkTo, portTo, starHost } from '../star.js';
import type { Stage } from './stage.js';

const [one, two, three] = [1, 2, 3].map((n) => guestSpec(n, 'lan').mac) as [string, string, string];

/** What every VNET core does while links break and tables change. */
export function resilienceContract(on: () => Stage): void {
  describe('a fast path', () => {
    it('that is down gives its frames to the star all the way, and takes them back when it is up', async () => {
      const stage = on();
      const [a, b, c] = stage.hosts;
      await buildFastPath(stage);
      const sent = async () => (await stage.carried(a, c)).sentBytes;
      const before = await sent();
      expect(await stage.deliveredTo('vm-2', three)).toEqual(['vm-3']);
      expect(await stage.deliveredTo('vm-2', 'group')).toEqual(['vm-1', 'vm-3']);
      expect(await sent()).toBe(before);

      await stage.cut(b, c);
      await stage.linked(b, [c], false);
      await stage.linked(c, [b], false);
      const { links } = await stage.world.substrate(b).vnet.current();
      expect(links.find(({ link }) => link.peer === c)?.trouble).toContain(c);
      // At the Proxy a rule of the same pair leads elsewhere: a frame that has fallen back does not follow it.
      expect(await stage.deliveredTo('vm-2', three)).toEqual(['vm-3']);
      expect(await sent()).toBeGreaterThan(before);
      expect(await stage.deliveredTo('vm-2', 'group')).toEqual(['vm-1', 'vm-3']);

      await stage.heal();
      await stage.linked(b, [c]);
      await stage.linked(c, [b]);
      const healed = await sent();
      expect(await stage.deliveredTo('vm-2', three)).toEqual(['vm-3']);
      expect(await sent()).toBe(healed);
      expect((await stage.world.substrate(b).vnet.current()).links.every(({ trouble }) => trouble === undefined)).toBe(
        true,
      );
    });

    it('is kept while the star is down', async () => {
      const stage = on();
      const [a, b, c] = stage.hosts;
      await buildFastPath(stage);
      await stage.cut(a, b);
      await stage.linked(b, [a], false);
      expect(await stage.deliveredTo('vm-2', three)).toEqual(['vm-3']);
      expect(await stage.deliveredTo('vm-2', one)).toEqual([]);
      await stage.heal();
      await stage.linked(b, [a, c]);
      await stage.linked(a, [b]);
      expect(await stage.deliveredTo('vm-2', one)).toEqual(['vm-1']);
    });
  });

  describe('a table that is switched', () => {
    it('takes every frame once, by the old rules until it takes them by the new', async () => {
      const stage = on();
      const [a, b] = stage.hosts;
      const { rules: count, switches } = stage.world.volume;
      const address = (n: number) => `02:00:00:02:${n.toString(16).padStart(4, '0').replace(/../, '$&:')}`;
      const destinations = Array.from({ length: count }, (_, n) => address(n));
      const table = (...guests: string[]): Rule[] =>
        destinations.map((destination, n) => {
          // Every second frame goes on to another host.
          const to = n % 2 === 0 ? portTo(guests[0] ?? '') : linkTo(b);
          return { network: 'lan', source: 'any', destination, to: [to] };
        });
      const tables = [table('vm-1', 'vm-4'), table('vm-3', 'vm-5')] as const;
      const guests = [1, 2, 3].map((n) => guestSpec(n, 'lan'));
      const near = { networks: [stage.network], links: [stage.world.linkEnd(a, b)], guests, rules: tables[0] };
      const far = { networks: [stage.network], links: [stage.world.linkEnd(b, a)], guests: [guestSpec(4, 'lan')] };
      const onwards: Rule = { network: 'lan', source: 'any', destination: 'any', to: [portTo('vm-4')] };
      expect(await stage.converge(a, near)).toEqual([]);
      expect(await stage.converge(b, { ...far, rules: [onwards] })).toEqual([]);
      await stage.linked(a, [b]);
      const { vnet } = stage.world.substrate(a);
      // From all over the table, to both sides in turn.
      const some = Array.from({ length: 20 }, (_, i) => destinations[Math.floor(i * (count / 20)) + (i % 2)] ?? '');
      const streamed = await stage.world.stream('vm-2', some, async () => {
        for (let n = 1; n <= switches; n++) expect(await vnet.forward(tables[n % 2] ?? [])).toEqual([]);
      });
      expect(streamed.length).toBeGreaterThan(switches);
      expect(streamed.filter(({ deliveredTo }) => deliveredTo.length !== 1)).toEqual([]);
      const isNear = ({ deliveredTo }: { deliveredTo: string[] }) => deliveredTo[0] !== 'vm-4';
      const takenBy = streamed.filter(isNear).map(({ deliveredTo }) => deliveredTo[0]);
      const changes = takenBy.filter((guest, n) => n > 0 && guest !== takenBy[n - 1]).length;
      expect(new Set(takenBy)).toEqual(new Set(['vm-1', 'vm-3']));
      expect(changes).toBeLessThanOrEqual(switches);
      expect(streamed.filter((each) => !isNear(each)).length).toBeGreaterThan(0);
    });
  });
}

/** A star, and a link between the other two hosts for what `vm-2` sends. */
async function buildFastPath(stage: Stage): Promise<void> {
  const [a, b, c] = stage.hosts;
  const star = stage.star();
  const [proxy, from, to] = [starHost(star, a), starHost(star, b), starHost(star, c)];
  const rule = (destination: string, ...peers: string[]): Rule => {
    return { network: 'lan', source: two, destination, to: peers.map(linkTo) };
  };
  proxy.rules.push(rule(three, b));
  from.links.push(stage.world.linkEnd(b, c));
  from.rules.push(rule(three, c), rule('group', a, c));
  to.links.push(stage.world.linkEnd(c, b));
  to.rules.push({ ...rule('group'), to: [portTo('vm-3')] });
  proxy.rules.push({ ...rule('group'), to: [portTo('vm-1')] });
  for (const [host, state] of [
    [a, proxy],
    [b, from],
    [c, to],
  ] as const)
    expect(await stage.converge(host, state)).toEqual([]);
  await stage.linked(a, [b, c]);
  await stage.linked(b, [a, c]);
  await stage.linked(c, [a, b]);
}
