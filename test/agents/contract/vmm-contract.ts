import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../schema/generated/types.js';
import { guestSpec, linkTo, starHost } from '../star.js';
import { inEffect, nowhere, type Stage } from './stage.js';

/** What every Vmm does. */
export function vmmContract(on: () => Stage): void {
  describe('guests', () => {
    it('are started, reported with what they use, left alone when not listed, and stopped when removed', async () => {
      const stage = on();
      await stage.build(stage.star());
      const [a] = stage.hosts;
      const { vmm } = stage.world.substrate(a);
      expect(await vmm.current()).toEqual([{ guest: guestSpec(1, 'lan'), phase: 'running' }]);
      expect((await vmm.usage()).map(({ guest }) => guest)).toEqual(['vm-1']);
      expect(await vmm.converge([], [], [])).toEqual([]);
      expect(await vmm.current()).toEqual([{ guest: guestSpec(1, 'lan'), phase: 'running' }]);
      expect(await vmm.converge([], [], ['vm-1'])).toEqual([]);
      expect(await vmm.current()).toEqual([]);
      expect(await stage.deliveredTo('vm-2', guestSpec(1, 'lan').mac)).toEqual([]);
    });

    it('move alive, and the rule into a guest waits for its arrival', async () => {
      const stage = on();
      const { from, to, proxy, guest } = await stage.beforeMove();
      const [a, b, c] = stage.hosts;
      expect(await stage.converge(c, to)).toEqual([]);
      expect(await stage.phases(guest.name)).toEqual({ [b]: 'running', [c]: 'awaited' });
      expect(await stage.deliveredTo('vm-3', guest.mac)).toEqual(['vm-2']);
      expect(await stage.converge(b, from, [{ guest: guest.name, to: c }])).toEqual([]);
      await stage.arrive(c, to, guest.name);
      expect(await stage.converge(a, proxy)).toEqual([]);
      expect(await stage.phases(guest.name)).toEqual({ [c]: 'running' });
      expect(await stage.world.substrate(c).vmm.current()).toContainEqual({ guest, phase: 'running' });
      expect(await stage.deliveredTo('vm-3', guest.mac)).toEqual(['vm-2']);
      expect(await stage.deliveredTo('vm-2', guestSpec(1, 'lan').mac)).toEqual(['vm-1']);
      expect(await stage.converge(b, from, [{ guest: guest.name, to: c }])).toEqual([]);
      expect(await stage.phases(guest.name)).toEqual({ [c]: 'running' });
    });

    it('stay where they are until the other host awaits them', async () => {
      const stage = on();
      const { from, guest } = await stage.beforeMove();
      const [, b, c] = stage.hosts;
      const faults = await stage.converge(b, from, [{ guest: guest.name, to: c }]);
      expect(faults).toMatchObject([{ kind: 'guest', subject: guest.name }]);
      expect(faults[0]?.message).toContain(c);
      expect(await stage.phases(guest.name)).toEqual({ [b]: 'running' });
    });

    it('are no longer awaited when left out', async () => {
      const stage = on();
      const { to, from, guest } = await stage.beforeMove();
      const [, b, c] = stage.hosts;
      expect(await stage.converge(c, to)).toEqual([]);
      expect(await stage.converge(c, starHost(stage.star(), c))).toEqual([]);
      expect(await stage.phases(guest.name)).toEqual({ [b]: 'running' });
      expect(await stage.converge(b, from, [{ guest: guest.name, to: c }])).toMatchObject([{ subject: guest.name }]);
      expect(await stage.phases(guest.name)).toEqual({ [b]: 'running' });
    });

    it('are not started a second time', async () => {
      const stage = on();
      const built = stage.star();
      await stage.build(built);
      const [, b, c] = stage.hosts;
      const state = starHost(built, c);
      state.guests.push(guestSpec(2, 'lan'));
      expect(await stage.converge(c, state)).toMatchObject([{ kind: 'guest', subject: 'vm-2' }]);
      const where = await stage.phases('vm-2');
      expect(where[b]).toBe('running');
      expect(where[c] ?? 'failed').toBe('failed');
    });
  });

  describe('what cannot be', () => {
    it('is a fault: a guest on a network that the host has not joined', async () => {
      const stage = on();
      const [a] = stage.hosts;
      const guests = [guestSpec(1, 'other')];
      const faults = await stage.converge(a, { networks: [stage.network], links: [], guests, rules: [] });
      expect(faults).toMatchObject([{ kind: 'guest', subject: 'vm-1' }]);
      expect(faults[0]?.message).toContain('other');
    });

    it('is a fault: rules over a link or on a network that is not there; the others hold', async () => {
      const stage = on();
      const [a, b, c] = stage.hosts;
      const rule = (destination: string, peer: string, on = 'lan'): Rule => ({
        network: on,
        source: 'any',
        destination,
        to: [linkTo(peer)],
      });
      const rules = [rule('any', b), rule(nowhere, c), rule('any', b, 'other')];
      const links = [stage.world.linkEnd(a, b)];
      const faults = await stage.converge(a, { networks: [stage.network], links, guests: [], rules });
      expect(faults.map(({ kind }) => kind)).toEqual(['rule', 'rule']);
      expect(faults.map(({ message }) => message).join('\n')).toMatch(new RegExp(`${c}[^]*other`));
      expect((await stage.world.substrate(a).vnet.current()).rules).toEqual(rules.slice(0, 1));
    });
  });

  describe('again', () => {
    it('changes nothing when told the same twice', async () => {
      const stage = on();
      const built = stage.star();
      await stage.build(built);
      const before = await inEffect(stage.world.substrate(stage.hosts[0]));
      await stage.build(built);
      expect(await inEffect(stage.world.substrate(stage.hosts[0]))).toEqual(before);
    });

    it('goes on when the agent restarts: guests, links, forwarding and counters stay', async () => {
      const stage = on();
      await stage.build(stage.star());
      const [a] = stage.hosts;
      const before = await inEffect(stage.world.substrate(a));
      await stage.world.restart(a);
      expect(await stage.deliveredTo('vm-2', guestSpec(3, 'lan').mac)).toEqual(['vm-3']);
      expect(await inEffect(stage.world.substrate(a))).toEqual(before);
    });
  });
}
