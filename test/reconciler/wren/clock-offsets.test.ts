import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClockOffsets } from '../../../reconciler/wren/clock-offsets.js';
import type { HostClock } from '../../../schema/generated/types.js';
import { SeededNoise } from '../../agents/wren/seeded-noise.js';
import { ClockWorld, type WorldClock, type WorldPath } from './clock-world.js';

const clock = fc.record({
  startUs: fc.double({ min: 0, max: 1e13, noNaN: true }),
  driftPpm: fc.double({ min: -200, max: 200, noNaN: true }),
  swingPpm: fc.double({ min: 0, max: 5, noNaN: true }),
  realtimeAheadUs: fc.double({ min: -1e9, max: 1e15, noNaN: true }).map(Math.round),
  messageMs: fc.double({ min: 0.1, max: 150, noNaN: true }),
});

const path = fc.record({
  leastUs: fc.double({ min: 20, max: 20_000, noNaN: true }),
  queueUs: fc.double({ min: 0, max: 5000, noNaN: true }),
});

/** Hosts in a chain, of which the first is also joined to the last by one direction alone. */
const worlds = fc
  .record({ clocks: fc.array(clock, { minLength: 2, maxLength: 5 }), seed: fc.integer() })
  .chain(({ clocks, seed }) =>
    fc.array(path, { minLength: 2 * clocks.length, maxLength: 2 * clocks.length }).map((drawn) => {
      const paths = drawn.flatMap((each, place): WorldPath[] => {
        const [a, b] = [place >> 1, (place >> 1) + 1];
        if (b < clocks.length) return [{ ...each, from: place % 2 ? a : b, to: place % 2 ? b : a }];
        return place % 2 ? [{ ...each, from: 0, to: clocks.length - 1 }] : [];
      });
      const noise = new SeededNoise(seed);
      const named = clocks.map((each, place): WorldClock => ({ ...each, name: `h${place}` }));
      return { names: named.map(({ name }) => name), world: new ClockWorld(named, paths, () => noise.uniform()) };
    }),
  );

function watched(
  world: ClockWorld,
  names: readonly string[],
  seconds: number,
  each: (offsets: ClockOffsets, trueUs: number) => void,
): void {
  const offsets = new ClockOffsets();
  for (let second = 1; second <= seconds; second += 1) {
    const messages = world.second(second * 1e6).sort((a, b) => a.receivedAtMs - b.receivedAtMs);
    for (const { observation, receivedAtMs } of messages) offsets.ingest(observation, receivedAtMs);
    const nowMs = second * 1000 + 400;
    offsets.advance(nowMs, new Set(names));
    each(offsets, nowMs * 1000);
  }
}

function clockOf(offsets: ClockOffsets, host: string): HostClock {
  const found = offsets.clocks().get(host);
  if (!found) throw new Error(`the clock of ${host} is not known`);
  return found;
}

describe('clocks of hosts', () => {
  it('are as far apart as is said, within the bound, whatever their rates and however packets queue', () => {
    fc.assert(
      fc.property(worlds, ({ world, names }) => {
        watched(world, names, 40, (offsets, trueUs) => {
          const first = offsets.clocks().get('h0');
          for (const [place, name] of names.entries()) {
            const ahead = world.realtimeUs(place, trueUs) - world.realtimeUs(0, trueUs);
            const range = offsets.between('h0', name);
            if (range) {
              expect(range.leastUs).toBeLessThanOrEqual(ahead + 0.01);
              expect(range.mostUs).toBeGreaterThanOrEqual(ahead - 0.01);
            }
            const found = offsets.clocks().get(name);
            if (!first || !found || !range) continue;
            expect(Math.abs(found.aheadUs - first.aheadUs - ahead)).toBeLessThanOrEqual(found.boundUs + first.boundUs);
          }
        });
      }),
      { seed: 61, numRuns: 60 },
    );
  });

  it('are all known after ten seconds, to within little more than half of the ways there and back', () => {
    const quiet = { driftPpm: 20, swingPpm: 1, messageMs: 5 };
    const names = ['h0', 'h1', 'h2'];
    const clocks = [
      { ...quiet, name: 'h0', startUs: 4e9, realtimeAheadUs: 1e15 },
      { ...quiet, name: 'h1', startUs: 9e12, realtimeAheadUs: 1e15 - 9e12, driftPpm: -15 },
      { ...quiet, name: 'h2', startUs: 0, realtimeAheadUs: 1e15 + 7e8 },
    ];
    const way = (from: number, to: number) => ({ from, to, leastUs: 100, queueUs: 30 });
    const noise = new SeededNoise(7);
    const world = new ClockWorld(clocks, [way(0, 1), way(1, 0), way(1, 2), way(2, 1)], () => noise.uniform());
    let seconds = 0;
    watched(world, names, 60, (offsets) => {
      seconds += 1;
      if (seconds >= 10) expect(clockOf(offsets, 'h2').boundUs).toBeLessThan(700);
      if (seconds < 60) return;
      expect(clockOf(offsets, 'h1').boundUs).toBeLessThan(170);
      expect(clockOf(offsets, 'h2').boundUs).toBeLessThan(320);
      expect(clockOf(offsets, 'h1').driftPpm).toBeGreaterThan(-42);
      expect(clockOf(offsets, 'h1').driftPpm).toBeLessThan(-28);
    });
  });

  describe('of three hosts in a row', () => {
    const names = ['h0', 'h1', 'h2'];
    const steady = { driftPpm: 0, swingPpm: 0, realtimeAheadUs: 1e15, messageMs: 5 };
    const way = (from: number, to: number) => ({ from, to, leastUs: 100, queueUs: 30 });
    const row = () => {
      const clocks = names.map((name, place) => ({ ...steady, name, startUs: 1e9 * (place + 1) }));
      const noise = new SeededNoise(7);
      const world = new ClockWorld(clocks, [way(0, 1), way(1, 0), way(1, 2), way(2, 1)], () => noise.uniform());
      return { clocks, world };
    };
    const aheadOf = (offsets: ClockOffsets) => names.map((name) => offsets.clocks().get(name)?.aheadUs ?? Number.NaN);

    it('stay where they are when the clock is set that they are measured against', () => {
      const { clocks, world } = row();
      let before: number[] = [];
      watched(world, names, 30, (offsets, trueUs) => {
        if (trueUs < 20.4e6) before = aheadOf(offsets);
        else if (trueUs === 20.4e6 && clocks[0]) clocks[0].realtimeAheadUs += 5e6;
        else
          for (const [place, ahead] of aheadOf(offsets).entries())
            expect(Math.abs(ahead - (before[place] ?? 0) - (place === 0 ? 5e6 : 0))).toBeLessThan(200);
      });
    });

    it('stay where they are when that host is gone', () => {
      const { world } = row();
      const kept = new ClockOffsets();
      let before: number[] = [];
      for (let second = 1; second <= 60; second += 1) {
        const hosts = second <= 30 ? names : ['h1', 'h2'];
        for (const { observation, receivedAtMs } of world.second(second * 1e6))
          if (hosts.includes(observation.host)) kept.ingest(observation, receivedAtMs);
        kept.advance(second * 1000 + 400, new Set(hosts));
        if (second === 30) before = aheadOf(kept);
      }
      const [, ...after] = aheadOf(kept);
      expect(kept.clocks().has('h0')).toBe(false);
      for (const [place, ahead] of after.entries())
        expect(Math.abs(ahead - (before[place + 1] ?? 0))).toBeLessThan(300);
    });

    it('are known again after a host has begun anew', () => {
      const { clocks, world } = row();
      watched(world, names, 40, (offsets, trueUs) => {
        // Its monotonic clock begins at 0, and the other one shows what it did.
        if (trueUs === 20.4e6 && clocks[2])
          Object.assign(clocks[2], { startUs: -20.4e6, realtimeAheadUs: 1e15 + 3e9 + 20.4e6 });
        const found = offsets.clocks().get('h2');
        if (trueUs === 21.4e6) expect(found).toBeUndefined();
        if (trueUs === 20.4e6 || !found) return;
        const ahead = world.realtimeUs(2, trueUs) - world.realtimeUs(0, trueUs);
        const own = clockOf(offsets, 'h0');
        expect(Math.abs(found.aheadUs - own.aheadUs - ahead)).toBeLessThanOrEqual(found.boundUs + own.boundUs);
        if (trueUs > 30e6) expect(found.boundUs).toBeLessThan(800);
      });
    });

    it('are not known where a host tells what cannot be, all the time', () => {
      const { world } = row();
      const offsets = new ClockOffsets();
      for (let second = 1; second <= 30; second += 1) {
        for (const { observation, receivedAtMs } of world.second(second * 1e6)) {
          const arrivals = observation.clocks?.arrivals ?? [];
          if (observation.host === 'h2') for (const each of arrivals) each.differenceUs -= 20_000;
          offsets.ingest(observation, receivedAtMs);
        }
        offsets.advance(second * 1000 + 400, new Set(names));
        expect(offsets.clocks().has('h2')).toBe(false);
      }
      expect(offsets.clocks().has('h1')).toBe(true);
    });

    it('are known in parts where packets do not join them, each part on its own', () => {
      const { clocks } = row();
      const all = [...clocks, { ...steady, name: 'h3', startUs: 7e11, driftPpm: 12, realtimeAheadUs: 1e15 + 4e6 }];
      const noise = new SeededNoise(8);
      const world = new ClockWorld(all, [way(0, 1), way(1, 0), way(2, 3), way(3, 2)], () => noise.uniform());
      watched(world, [...names, 'h3'], 30, (offsets, trueUs) => {
        if (trueUs < 10e6) return;
        for (const [a, b] of [
          [0, 1],
          [2, 3],
        ] as const) {
          const [from, to] = [clockOf(offsets, `h${a}`), clockOf(offsets, `h${b}`)];
          const ahead = world.realtimeUs(b, trueUs) - world.realtimeUs(a, trueUs);
          expect(Math.abs(to.aheadUs - from.aheadUs - ahead)).toBeLessThanOrEqual(from.boundUs + to.boundUs);
          expect(to.boundUs).toBeLessThan(400);
        }
        expect(offsets.between('h0', 'h2')).toBeNull();
        expect(offsets.between('h3', 'h2')).not.toBeNull();
      });
    });

    it('stay known to one another where one tells everybody something else', () => {
      const { clocks } = row();
      const all = [...clocks, { ...steady, name: 'h3', startUs: 5e11 }];
      const ways = [0, 1, 2, 3].flatMap((a) => [0, 1, 2, 3].flatMap((b) => (a === b ? [] : [way(a, b)])));
      const noise = new SeededNoise(9);
      const world = new ClockWorld(all, ways, () => noise.uniform());
      const offsets = new ClockOffsets();
      for (let second = 1; second <= 30; second += 1) {
        for (const { observation, receivedAtMs } of world.second(second * 1e6)) {
          for (const each of observation.clocks?.arrivals ?? []) {
            // Whatever host 3 sends or receives, it makes its clock another one for each peer.
            if (observation.host === 'h3') each.differenceUs += 3000 * Number(each.peer.slice(1));
            else if (each.peer === 'h3') each.differenceUs -= 3000 * Number(observation.host.slice(1));
          }
          offsets.ingest(observation, receivedAtMs);
        }
        offsets.advance(second * 1000 + 400, new Set([...names, 'h3']));
        if (second < 5) continue;
        expect(offsets.clocks().has('h3')).toBe(false);
        for (const [place, name] of names.entries()) {
          const ahead = world.realtimeUs(place, second * 1e6) - world.realtimeUs(0, second * 1e6);
          expect(Math.abs(clockOf(offsets, name).aheadUs - clockOf(offsets, 'h0').aheadUs - ahead)).toBeLessThan(800);
        }
      }
    });
  });
});
