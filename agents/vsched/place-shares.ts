import { choosePool } from './choose-pool.js';
import type { Placed, Pool } from './mechanism.js';
import { outOfRange } from './schedule-range.js';
import type { SchedulerAbility, Share, ShareRefusal } from './scheduler-backend.js';

export type PlacedShare = Share & Placed;

export type SharePlaces = { kind: 'placed'; shares: PlacedShare[] } | { kind: 'refused'; refusals: ShareRefusal[] };

/** Finds out whether shares fit where they are to be, all of them and beside `others`. Of those that do not, each is told what would fit. */
export function placeShares(
  shares: readonly Share[],
  others: readonly Placed[],
  pools: readonly Pool[],
  ability: SchedulerAbility,
): SharePlaces {
  const poolOf = ({ cpu }: Share): Pool | undefined =>
    ability.binds ? pools.find((pool) => pool.cpu === cpu) : pools[0];
  const placed = shares.flatMap((share) => {
    const pool = poolOf(share);
    return pool ? [{ ...share, pool }] : [];
  });
  const refusals = shares.flatMap((share): ShareRefusal[] => {
    const { vm, schedule, cpu } = share;
    const pool = poolOf(share);
    if (pool === undefined) {
      const message = `there is no processor ${cpu} to schedule on: choose one of ${ability.cpus.join(', ')}`;
      return [{ vm, refusal: { kind: 'unsupported', message } }];
    }
    const beside = [...others, ...placed.filter((each) => each.vm !== vm || each.cpu !== cpu)];
    const outcome = outOfRange(schedule, ability) ?? choosePool(schedule, [pool], beside, ability);
    return 'kind' in outcome ? [{ vm, refusal: outcome }] : [];
  });
  return refusals.length === 0 ? { kind: 'placed', shares: placed } : { kind: 'refused', refusals };
}
