import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EmulatedFleet } from '../../../agents/emulated/emulated-fleet.js';
import type { ClockError } from '../../../agents/emulated/underlay.js';
import { observe } from '../../../agents/look.js';
import { gangSkewUs } from '../../../reconciler/vsched/clock-skew.js';
import { ClockOffsets } from '../../../reconciler/wren/clock-offsets.js';
import type { HostClock } from '../../../schema/generated/types.js';
import { phaseToleranceUs } from '../../../schema/phase.js';
import { buildStar, Clock, flatUnderlay, hostNames, starOver } from './fleets.js';

const names = hostNames(3);
const vmOf = (host: string) => `vm-${names.indexOf(host) + 1}`;

async function starOf(errors: readonly ClockError[], clock: Clock): Promise<EmulatedFleet> {
  const flat = flatUnderlay(3);
  const hosts = flat.hosts.map((host, index) => ({ ...host, clock: errors[index] ?? { offsetMs: 0, driftPpm: 0 } }));
  const fleet = new EmulatedFleet({ ...flat, hosts, wren: { seed: 1, deviation: 0.02, missed: 0 }, nowMs: clock.read });
  await buildStar(fleet, starOver(names, names));
  return fleet;
}

/** How far apart periods begin that are to begin at once, in milliseconds. */
function apartMs(fleet: EmulatedFleet, nowMs: number, periodMs: number): number {
  const begins = names.map((host) => fleet.periodBeginMs(vmOf(host), nowMs) ?? Number.NaN);
  const later = begins.map((each) => (((each - (begins[0] ?? 0)) % periodMs) + 1.5 * periodMs) % periodMs);
  return Math.max(...later) - Math.min(...later);
}

const errors = fc.record({
  offsetMs: fc.integer({ min: -100_000, max: 100_000 }),
  driftPpm: fc.integer({ min: -100, max: 100 }),
});
const periods = fc.integer({ min: 20_000, max: 2_000_000 });

it('are measured by keep-alives alone, and periods of VMs begin within what is known', async () => {
  const property = fc.asyncProperty(
    fc.array(errors, { minLength: 3, maxLength: 3 }),
    periods,
    async (all, periodUs) => {
      const clock = new Clock();
      const fleet = await starOf(all, clock);
      const offsets = new ClockOffsets();
      const told = new Map<string, HostClock>();
      for (let second = 1; second <= 30; second += 1) {
        clock.ms += 1000;
        for (const host of names) {
          offsets.ingest(await observe(fleet.substrate(host), host, second, fleet.clock(host)()), clock.ms + 3);
        }
        offsets.advance(clock.ms, new Set(names));
        if (second !== 20) continue;
        for (const [host, found] of offsets.clocks()) {
          told.set(host, found);
          const { vsched } = fleet.substrate(host);
          await vsched?.follow?.(found);
          const schedule = {
            vm: vmOf(host),
            cpus: [0],
            periodUs,
            sliceUs: 10_000,
            mode: 'strict' as const,
            phaseUs: 0,
          };
          expect(await vsched?.keep([schedule])).toEqual([]);
        }
      }
      // Every host goes on with what it was told ten seconds ago.
      for (const host of names) await fleet.substrate(host).vsched?.enforce?.();
      const skewUs = gangSkewUs(names, {
        between: (from, to) => offsets.between(from, to),
        taken: (host) => offsets.taken(host, told.get(host) as HostClock),
      });
      expect(skewUs).not.toBeNull();
      expect(skewUs).toBeLessThan(9000);
      const withinMs = ((skewUs ?? 0) + 2 * phaseToleranceUs(periodUs)) / 1000;
      // Ways there and back take as long here: the clocks are known much better than the bound says.
      expect(apartMs(fleet, clock.ms, periodUs / 1000)).toBeLessThan(Math.min(withinMs, 0.3));
    },
  );
  await fc.assert(property, { seed: 72, numRuns: 30 });
});
