import type { Crossing } from './clock-crossings.js';

/** By how much one monotonic clock is ahead of another, and by how much it gains; infinite where nothing bounds it. */
export interface ClockRange {
  leastUs: number;
  mostUs: number;
  leastPpm: number;
  mostPpm: number;
}

/** No kernel lets a clock run faster or slower than another by more. */
export const mostDriftPpm = 500;
/** A clock may gain by so much more or less than it does on average over what is remembered. */
const wanderPpm = 10;
/** What is told of now may be so much older than it seems: a message was on its way. */
export const longestWayUs = 400_000;

/**
 * By how much the clock of one host is ahead of that of another, from packets between the two. A packet cannot come before it left:
 * each bounds the difference at its time, from above or from below, and two of them bound how it grows.
 * @param there packets to the host, on its clock
 * @param back packets from it, on the other host's clock
 * @param nowUs what its clock shows at least
 * @returns null when packets contradict one another: a clock was not steady
 */
export function clockRange(there: readonly Crossing[], back: readonly Crossing[], nowUs: number): ClockRange | null {
  const floors = back.map(({ atUs, differenceUs }) => ({ atUs: atUs - differenceUs, leastUs: -differenceUs }));
  // The floors' times are on the other clock but for the difference, which is known to within a way there and back.
  const roundUs = Math.max(0, least(there.map((each) => each.differenceUs)) - most(floors.map((each) => each.leastUs)));
  const slackUs = Number.isFinite(roundUs) ? roundUs : 0;
  const rates = rateRange(there, floors, slackUs);
  if (rates.leastPpm > rates.mostPpm) return null;
  const fastest = Math.min(rates.mostPpm + wanderPpm, mostDriftPpm) / 1e6;
  const slowest = Math.max(rates.leastPpm - wanderPpm, -mostDriftPpm) / 1e6;
  const longest = (atUs: number) => nowUs - atUs + longestWayUs;
  const shortest = (atUs: number) => nowUs - atUs - slackUs;
  const mostUs = least(
    there.map(({ atUs, differenceUs }) => differenceUs + fastest * (fastest > 0 ? longest : shortest)(atUs)),
  );
  const leastUs = most(floors.map(({ atUs, leastUs }) => leastUs + slowest * (slowest < 0 ? longest : shortest)(atUs)));
  return leastUs > mostUs ? null : { leastUs, mostUs, ...rates };
}

function rateRange(
  there: readonly Crossing[],
  floors: readonly { atUs: number; leastUs: number }[],
  slackUs: number,
): { leastPpm: number; mostPpm: number } {
  let [leastPpm, mostPpm] = [-mostDriftPpm, mostDriftPpm];
  for (const ceiling of there) {
    for (const floor of floors) {
      const apartUs = Math.abs(ceiling.atUs - floor.atUs) - slackUs;
      if (apartUs <= 0) continue;
      const ppm = ((ceiling.differenceUs - floor.leastUs) / apartUs) * 1e6 + wanderPpm;
      if (ceiling.atUs > floor.atUs) mostPpm = Math.min(mostPpm, ppm);
      else leastPpm = Math.max(leastPpm, -ppm);
    }
  }
  return { leastPpm, mostPpm };
}

const least = (values: readonly number[]): number => Math.min(Number.POSITIVE_INFINITY, ...values);
const most = (values: readonly number[]): number => Math.max(Number.NEGATIVE_INFINITY, ...values);
