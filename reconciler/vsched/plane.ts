import { scheduleLimits } from '../../schema/schedule.js';
import { scheduleCost } from './cost.js';
import { keeps, type Room } from './nearest.js';

/** A position of the seed's two-dimensional control: a schedule, what it costs, and whether it is possible. */
export interface PlanePoint {
  periodUs: number;
  /** Share of one processor, 0 to 1, for each thread. */
  utilisation: number;
  /** The share in whole microseconds. */
  sliceUs: number;
  cost: number;
  /** `below-floor`: the host keeps no period as short; `too-short`: nothing can be done in such a slice; `no-room`: others have it. */
  verdict: 'possible' | 'below-floor' | 'too-short' | 'no-room';
}

/** What is asked of a plane: each period with each share of it. */
export interface PlaneAxes {
  periodsUs: readonly number[];
  utilisations: readonly number[];
  threads: number;
}

/** Every position of the plane of (period, utilisation) on one host, by period, then share. */
export function plane(room: Room, { periodsUs, utilisations, threads }: PlaneAxes, overheadUs: number): PlanePoint[] {
  return periodsUs.flatMap((periodUs) =>
    utilisations.map((utilisation): PlanePoint => {
      const sliceUs = Math.floor(periodUs * utilisation + 1e-6);
      const cost = sliceUs > 0 ? scheduleCost({ periodUs, sliceUs }, overheadUs) : Number.POSITIVE_INFINITY;
      return { periodUs, utilisation, sliceUs, cost, verdict: verdictOf(room, periodUs, sliceUs, threads) };
    }),
  );
}

function verdictOf(room: Room, periodUs: number, sliceUs: number, threads: number): PlanePoint['verdict'] {
  if (periodUs < Math.max(room.floorUs, scheduleLimits.leastPeriodUs)) return 'below-floor';
  if (sliceUs < scheduleLimits.leastSliceUs) return 'too-short';
  return keeps(room, { periodUs, sliceUs, threads }) ? 'possible' : 'no-room';
}
