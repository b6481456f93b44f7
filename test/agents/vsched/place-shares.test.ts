import { describe, expect, it } from 'vitest';
import type { Pool } from '../../../agents/vsched/mechanism.js';
import { placeShares } from '../../../agents/vsched/place-shares.js';
import type { SchedulerAbility, Share } from '../../../agents/vsched/scheduler-backend.js';
import { VirtualWorld } from './virtual-world.js';

const bound: SchedulerAbility = { ...new VirtualWorld([2, 3]).ability, reservedPpm: 0 };
const pool = (cpu: number | undefined, processors: number, mostTasks = 4): Pool => {
  return { cpu, capacityPpm: processors * 1_000_000, mostTasks };
};
const share = (vm: string, cpu: number, percent: number): Share => {
  return { vm, cpu, schedule: { periodUs: 100_000, sliceUs: percent * 1000, mode: 'strict' } };
};
const refused = (shares: Share[], pools: Pool[], ability = bound) => {
  const outcome = placeShares(shares, [], pools, ability);
  return outcome.kind === 'placed' ? [] : outcome.refusals.map(({ vm, refusal }) => `${vm}: ${refusal.kind}`);
};

describe('shares', () => {
  it('are on the processors that they name, where processes stay on one', () => {
    const pools = [pool(2, 1), pool(3, 1)];
    expect(refused([share('a', 2, 100), share('b', 3, 100)], pools)).toEqual([]);
    expect(refused([share('a', 2, 60), share('b', 2, 60), share('c', 3, 60)], pools)).toEqual([
      'a: overfull',
      'b: overfull',
    ]);
    expect(refused([share('a', 4, 10)], pools)).toEqual(['a: unsupported']);
  });

  it('are on all processors together, where the system moves processes', () => {
    const anywhere = { ...bound, binds: false };
    const shares = [share('a', 2, 100), share('b', 3, 60), share('c', 3, 40)];
    expect(refused(shares, [pool(undefined, 2)], anywhere)).toEqual([]);
    expect(refused([...shares, share('d', 2, 1)], [pool(undefined, 2)], anywhere)).toHaveLength(4);
  });

  it('of a gang are one on each of its processors', () => {
    const pools = [pool(2, 1), pool(3, 1)];
    expect(refused([share('a', 2, 60), share('a', 3, 60), share('b', 3, 40)], pools)).toEqual([]);
    expect(refused([share('a', 2, 60), share('a', 3, 60), share('b', 3, 41)], pools)).toEqual([
      'a: overfull',
      'b: overfull',
    ]);
  });

  it('are no more than there are places', () => {
    expect(refused([share('a', 2, 1), share('b', 2, 1)], [pool(2, 1, 1)])).toEqual(['a: overfull', 'b: overfull']);
  });
});
