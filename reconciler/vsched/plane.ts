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

/**
 * Every position of the plane of (period, utilisation) on one host, by period, then share. Whether others leave room depends on the exact share
 * alone, and what fits leaves room for less: so few of them have to be tried.
 */
export function plane(room: Room, { periodsUs, utilisations, threads }: PlaneAxes, overheadUs: number): PlanePoint[] {
  const points = periodsUs.flatMap((periodUs) =>
    utilisations.map((utilisation): PlanePoint => {
      const sliceUs = Math.floor(periodUs * utilisation + 1e-6);
      const cost = sliceUs > 0 ? scheduleCost({ periodUs, sliceUs }, overheadUs) : Number.POSITIVE_INFINITY;
      return { periodUs, utilisation, sliceUs, cost, verdict: verdictAlone(room, periodUs, sliceUs) };
    }),
  );
  const byShare = points.filter(({ verdict }) => verdict === 'possible').sort(bySmallerShare);
  const firstWithout = firstThat(byShare, ({ periodUs, sliceUs }) => !keeps(room, { periodUs, sliceUs, threads }));
  for (const point of byShare.slice(firstWithout)) point.verdict = 'no-room';
  return points;
}

function verdictAlone(room: Room, periodUs: number, sliceUs: number): PlanePoint['verdict'] {
  if (periodUs < Math.max(room.floorUs, scheduleLimits.leastPeriodUs)) return 'below-floor';
  return sliceUs < scheduleLimits.leastSliceUs ? 'too-short' : 'possible';
}

function bySmallerShare(a: PlanePoint, b: PlanePoint): number {
  const more = BigInt(a.sliceUs) * BigInt(b.periodUs) - BigInt(b.sliceUs) * BigInt(a.periodUs);
  return more > 0n ? 1 : more < 0n ? -1 : 0;
}

/** Place of the first item that something holds of, where it holds of all that follow. */
function firstThat<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let [from, to] = [0, items.length];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (holds(items[middle] as T)) to = middle;
    else from = middle + 1;
  }
  return from;
}
