import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EmulatedFleet } from '../../../agents/emulated/emulated-fleet.js';
import type { Flow } from '../../../agents/emulated/route.js';
import { starHost } from '../star.js';
import { buildStar, Clock, convergeHost, fig14Underlay, hostNames, starOver } from './fleets.js';

const hosts = hostNames(6);
const star = starOver(hosts, ['host-1', 'host-2', 'host-4', 'host-5', 'host-5']);
const names = star.placement.map(({ guest }) => guest.name);
const flows: Flow[] = names.flatMap((source, i) =>
  names.flatMap((destination, j) => (i === j ? [] : [{ source, destination, rateMbps: 1 + ((7 * i + 3 * j) % 40) }])),
);

type Change =
  | { kind: 'rules'; host: string; keep: number }
  | { kind: 'links'; host: string; keep: number }
  | { kind: 'stop'; host: string }
  | { kind: 'reset'; host: string }
  | { kind: 'restore'; host: string };

const host = fc.constantFrom(...hosts);
const keep = fc.nat(4);
const change: fc.Arbitrary<{ change: Change; thenMs: number }> = fc.record({
  change: fc.oneof(
    fc.record({ kind: fc.constant('rules' as const), host, keep }),
    fc.record({ kind: fc.constant('links' as const), host, keep }),
    fc.record({ kind: fc.constant('stop' as const), host }),
    fc.record({ kind: fc.constant('reset' as const), host }),
    fc.record({ kind: fc.constant('restore' as const), host }),
  ),
  thenMs: fc.constantFrom(0, 1, 250),
});

async function make(fleet: EmulatedFleet, each: Change): Promise<void> {
  const { vnet, vmm } = fleet.substrate(each.host);
  const state = starHost(star, each.host);
  if (each.kind === 'rules') await vnet.forward(state.rules.slice(0, each.keep));
  else if (each.kind === 'links') await vnet.retire(state.networks, state.links.slice(0, each.keep));
  else if (each.kind === 'stop') await vmm.converge([], [], names.slice(0, 4));
  else if (each.kind === 'reset') fleet.resetCore(each.host);
  else await convergeHost(fleet, each.host, state);
}

it('what is computed anew for what has changed alone equals what is computed anew for all', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 20 }), async (changes) => {
      const clock = new Clock();
      const [lazy, eager] = [clock, clock].map(({ read }) => new EmulatedFleet({ ...fig14Underlay(), nowMs: read }));
      if (!lazy || !eager) throw new Error('two fleets');
      for (const fleet of [lazy, eager]) {
        await buildStar(fleet, star);
        fleet.offer(flows);
      }
      for (const { change: each, thenMs } of changes) {
        await make(lazy, each);
        await make(eager, each);
        eager.offer(flows);
        clock.ms += thenMs;
      }
      expect(lazy.throughput()).toEqual(eager.throughput());
      expect(lazy.deliveredMb()).toBeCloseTo(eager.deliveredMb(), 6);
      for (const name of hosts) {
        const [a, b] = [await lazy.substrate(name).vnet.counters(), await eager.substrate(name).vnet.counters()];
        expect(a.epoch).toBe(b.epoch);
        for (const [i, { sentBytes }] of a.links.entries())
          expect(Math.abs(sentBytes - (b.links[i]?.sentBytes ?? Number.NaN))).toBeLessThanOrEqual(1);
      }
    }),
    { seed: 21, numRuns: 200 },
  );
});
