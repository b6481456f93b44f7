import { periodicText } from '../../schema/schedule.js';
import type { Placed, Pool } from './mechanism.js';
import { excessPpm, hasRoom, largestSliceUs, type Room, roomBeside } from './processor-room.js';
import { nearestInRange } from './schedule-range.js';
import type { Refusal, Schedule, SchedulerAbility } from './scheduler-backend.js';

interface Place {
  pool: Pool;
  room: Room;
  isFull: boolean;
}

/** The pool for a schedule: of those where it fits, the one with the least left beside `others`, so that larger ones find room later. */
export function choosePool(
  schedule: Schedule,
  pools: readonly Pool[],
  others: readonly Placed[],
  ability: SchedulerAbility,
): Pool | Refusal {
  const places = pools.map((pool) => place(pool, others));
  const fitting = places.filter(({ room, isFull }) => !isFull && hasRoom(room, schedule));
  const tightest = fitting.reduce<Place | undefined>(
    (best, each) => (best && !roomier(best, each) ? best : each),
    undefined,
  );
  return tightest?.pool ?? overfull(schedule, places, ability);
}

function place(pool: Pool, others: readonly Placed[]): Place {
  const beside = others.filter((other) => other.pool === pool);
  const room = roomBeside(
    beside.map(({ schedule }) => schedule),
    pool.capacityPpm,
  );
  return { pool, room, isFull: beside.length >= pool.mostTasks };
}

const roomier = (a: Place, b: Place): boolean => a.room.left * b.room.whole > b.room.left * a.room.whole;

function overfull(schedule: Schedule, places: readonly Place[], ability: SchedulerAbility): Refusal {
  const open = places.filter(({ isFull }) => !isFull);
  const most = open.reduce<Place | undefined>((best, each) => (best && !roomier(each, best) ? best : each), undefined);
  if (most === undefined) {
    const message = `${places.map(({ pool }) => `${nameOf(pool)} has ${pool.mostTasks} processes`).join('; ')}, and no place for more: release one`;
    return { kind: 'overfull', excessPpm: 0, message };
  }
  const excess = excessPpm(most.room, schedule);
  const nearest = nearestInRange(schedule, ability, (periodUs) => largestSliceUs(most.room, periodUs));
  const lack = `${nameOf(most.pool)} lacks ${(excess / 10_000).toFixed(2)} % of a processor for ${periodicText(schedule)}`;
  const instead = nearest ? `${periodicText(nearest)} would fit` : 'nothing more fits: release another process';
  return { kind: 'overfull', excessPpm: excess, message: `${lack}; ${instead}`, ...(nearest ? { nearest } : {}) };
}

const nameOf = ({ cpu }: Pool): string => (cpu === undefined ? 'the host' : `processor ${cpu}`);
