import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdsOf, movesLeft, returnsIn } from '../../../reconciler/pass/holds.js';
import type { ChangeLimit, RecentMove } from '../../../schema/generated/types.js';

const nowMs = 10_000_000;
const minute = 60_000;
const returns = { windowMs: 10 * minute, gainFactor: 2, most: 2 };

const move = (vm: string, from: string, to: string, minutesAgo: number): RecentMove => {
  return { vm, from, to, atMs: nowMs - minutesAgo * minute };
};

function holds(moves: RecentMove[], spec: ChangeLimit['spec'] = {}) {
  const limits = [{ name: 'calm', spec }];
  const { staying, left } = holdsOf({ nowMs, moves, limits, adaptation: { cooldownMs: minute, returns } });
  const lefts = Object.fromEntries([...left].map(([vm, hosts]) => [vm, [...hosts]]));
  return { staying: [...staying.values()], left: lefts };
}

describe('holdsOf', () => {
  it('lets a VM rest that was moved a moment ago', () => {
    expect(holds([move('vm-1', 'a', 'b', 0.5)])).toEqual({
      staying: [{ vm: 'vm-1', kind: 'cooldown', untilMs: nowMs + minute / 2 }],
      left: { 'vm-1': ['a'] },
    });
    expect(holds([move('vm-1', 'a', 'b', 1)])).toEqual({ staying: [], left: { 'vm-1': ['a'] } });
    expect(holds([move('vm-1', 'a', 'b', 10)])).toEqual({ staying: [], left: {} });
  });

  it('holds a VM that went back as often as is allowed, until the oldest return is forgotten', () => {
    const toAndFro = [move('vm-1', 'a', 'b', 9), move('vm-1', 'b', 'a', 6), move('vm-1', 'a', 'b', 3)];
    expect(holds(toAndFro.slice(0, 2)).staying).toEqual([]);
    expect(holds(toAndFro).staying).toEqual([{ vm: 'vm-1', kind: 'to-and-fro', untilMs: nowMs + 4 * minute }]);
    expect(holds(toAndFro).left).toEqual({ 'vm-1': ['a', 'b'] });
  });

  it('does not take for a return what was parked on its way', () => {
    const parked = [move('vm-1', 'a', 'x', 5), move('vm-1', 'x', 'b', 5), move('vm-1', 'b', 'c', 3)];
    expect(holds(parked).left).toEqual({ 'vm-1': ['a', 'b'] });
  });

  it('counts what a ChangeLimit allows of one VM', () => {
    const moves = [move('vm-1', 'a', 'b', 50), move('vm-1', 'b', 'c', 40), move('vm-2', 'a', 'b', 30)];
    expect(holds(moves, { maxMovesOfVmPerHour: 2 }).staying).toEqual([
      { vm: 'vm-1', kind: 'limit', untilMs: nowMs + 10 * minute },
    ]);
    expect(holds(moves, { maxMovesOfVmPerHour: 3 }).staying).toEqual([]);
  });
});

describe('movesLeft', () => {
  it('is what the strictest limit leaves of the hour', () => {
    const moves = [move('vm-1', 'a', 'b', 61), move('vm-1', 'b', 'c', 59), move('vm-2', 'a', 'b', 1)];
    const left = (...allowed: number[]) =>
      movesLeft({ nowMs, moves, limits: allowed.map((maxMovesPerHour) => ({ name: 'x', spec: { maxMovesPerHour } })) });
    expect([left(), left(5), left(5, 3), left(1)]).toEqual([null, 3, 1, 0]);
  });
});

describe('a VM that may go where it wants, but for its holds', () => {
  const draw = fc.array(fc.record({ waits: fc.integer({ min: 1, max: 400 }), to: fc.integer({ min: 0, max: 3 }) }), {
    minLength: 1,
    maxLength: 60,
  });

  it('never moves while it rests, nor more often to and fro than is allowed', () => {
    fc.assert(
      fc.property(draw, (wishes) => {
        const limits = [{ name: 'calm', spec: { maxMovesOfVmPerHour: 6 } }];
        const moves: RecentMove[] = [];
        let [host, atMs] = ['host-0', 0];
        for (const { waits, to } of wishes) {
          atMs += waits * 1000;
          const held = holdsOf({ nowMs: atMs, moves, limits, adaptation: { cooldownMs: minute, returns } });
          if (`host-${to}` === host || held.staying.has('vm')) continue;
          moves.push({ vm: 'vm', from: host, to: `host-${to}`, atMs });
          host = `host-${to}`;
          const within = (ms: number) => moves.filter((each) => atMs - each.atMs < ms);
          expect(within(minute).length).toBe(1);
          expect(within(60 * minute).length).toBeLessThanOrEqual(6);
          // One more would have been held: at most `most` returns that were all known within one window.
          expect(returnsIn(within(returns.windowMs)).length).toBeLessThanOrEqual(returns.most);
        }
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});
