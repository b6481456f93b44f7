import { periodicText } from '../../schema/schedule.js';
import { type RateGoal, type RateState, type RateVerdict, rateStart, rateStep } from './rate-control.js';

/** What holding a rate needs of the world. */
export interface RatePorts {
  /** What the application has done since it began, in whatever it counts; undefined while nobody can say. */
  count(): Promise<number | undefined>;
  /** Gives the application another slice. Undefined: it has it; otherwise why not. */
  set(sliceUs: number): Promise<string | undefined>;
  /** Milliseconds of any clock that never goes back. */
  nowMs(): number;
  /** False: it is to end. */
  sleep(ms: number): Promise<boolean>;
  tell(news: RateNews): void;
}

/** Told after each step. */
export interface RateNews {
  rate: number;
  sliceUs: number;
  verdict: RateVerdict;
  /** Why the slice is not the one that it should be. */
  refused?: string;
}

/** A rate is only as good as what is counted in so much time: several periods, and no less than a second. */
const leastStepMs = 1000;
const stepPeriods = 20;

/**
 * Holds the rate of an application by its slice, the period staying as it is, until it is told to end; the application then keeps what it has.
 * @param schedule the one in force
 */
export async function holdRate(
  schedule: { periodUs: number; sliceUs: number },
  goal: RateGoal,
  ports: RatePorts,
): Promise<void> {
  const { periodUs } = schedule;
  const sliceOf = ({ sharePpm }: RateState) => Math.max(1, Math.round((sharePpm * periodUs) / 1e6));
  let { sliceUs } = schedule;
  let state = rateStart((sliceUs / periodUs) * 1e6, goal);
  let last = { count: await ports.count(), atMs: ports.nowMs() };
  while (await ports.sleep(Math.max(leastStepMs, (stepPeriods * periodUs) / 1000))) {
    const now = { count: await ports.count(), atMs: ports.nowMs() };
    const rate = rateBetween(last, now);
    last = now;
    const step = rateStep(state, rate, goal);
    const wantedUs = sliceOf(step.state);
    const refused = wantedUs === sliceUs ? undefined : await ports.set(wantedUs);
    if (refused === undefined) [state, sliceUs] = [step.state, wantedUs];
    // What it did not get, it must not be taken to have had.
    else state = { ...step.state, sharePpm: state.sharePpm };
    ports.tell({ rate, sliceUs, verdict: step.verdict, ...(refused === undefined ? {} : { refused }) });
  }
}

interface Reading {
  count: number | undefined;
  atMs: number;
}

/** In a second. A count that shrank has begun anew. */
function rateBetween(before: Reading, now: Reading): number {
  const seconds = (now.atMs - before.atMs) / 1000;
  if (before.count === undefined || now.count === undefined || seconds <= 0) return 0;
  return (now.count >= before.count ? now.count - before.count : now.count) / seconds;
}

/** For people, who gave `rate` as the goal. */
export function rateText({ rate, sliceUs, verdict, refused }: RateNews, periodUs: number, goal: RateGoal): string {
  const now = `${Number(rate.toPrecision(3))} of ${goal.rate} a second with ${periodicText({ periodUs, sliceUs })}`;
  if (refused !== undefined) return `${now}: ${refused}`;
  const percent = (ppm: number) => `${Number((ppm / 1e4).toPrecision(3))} %`;
  const why: Record<RateVerdict['kind'], string> = {
    held: 'held',
    steering: 'on the way',
    silent: 'it counts nothing: is it waiting, or is this another file?',
    'too-little':
      verdict.kind === 'too-little'
        ? `cannot be held: it needs about ${percent(verdict.neededPpm)} of a processor, and may have ${percent(goal.mostPpm)}`
        : '',
    'too-much': `more than asked for: it may not have less than ${percent(goal.leastPpm)} of a processor`,
  };
  return `${now}: ${why[verdict.kind]}`;
}
