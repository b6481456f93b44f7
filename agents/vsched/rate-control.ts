/** What an application should do in a second, in whatever it counts, and what of a processor it may have for that. */
export interface RateGoal {
  /** Above 0. */
  rate: number;
  /** Slice, in parts of a million of the period. */
  leastPpm: number;
  mostPpm: number;
}

/** Of a rate that is held. A plain value. */
export interface RateState {
  /** What it has now, in parts of a million. */
  sharePpm: number;
  /** What it does in a second, smoothed; null before anything was counted. */
  rate: number | null;
  /** By how much that was short of the goal, relative to it, at the step before. */
  short: number;
  /** Steps for which it has been off at the end of its bounds. */
  stuck: number;
}

export type RateVerdict =
  /** As close to the goal as noise lets it be. */
  | { kind: 'held' }
  | { kind: 'steering' }
  /** It counts nothing: it waits, or has ended, and more time is of no use. */
  | { kind: 'silent' }
  /** All that it may have is too little. `neededPpm`: it would take about so much; above a million: more than a processor. */
  | { kind: 'too-little'; neededPpm: number }
  /** The least that it may have is more than it takes. */
  | { kind: 'too-much' };

/** Relative errors below this are noise. */
const deadBand = 0.02;
const smoothing = 0.5;
/** Of the change of the error since the step before, and of the error itself. */
const proportional = 0.1;
const integral = 0.2;
const stuckSteps = 5;

export function rateStart(sharePpm: number, { leastPpm, mostPpm }: RateGoal): RateState {
  return { sharePpm: Math.min(Math.max(sharePpm, leastPpm), mostPpm), rate: null, short: 0, stuck: 0 };
}

/**
 * One step of a proportional-integral controller in velocity form: it moves the share, relative to what it is, so that nobody has to know how
 * much of a processor one unit takes, and nothing winds up while the share is at the end of its bounds.
 * @param sample what the application did in a second since the step before
 */
export function rateStep(state: RateState, sample: number, goal: RateGoal): { state: RateState; verdict: RateVerdict } {
  if (sample <= 0) return { state: { ...state, stuck: 0 }, verdict: { kind: 'silent' } };
  const rate = state.rate === null ? sample : state.rate + smoothing * (sample - state.rate);
  const short = 1 - rate / goal.rate;
  const before = state.rate === null ? short : state.short;
  const isClose = Math.abs(short) <= deadBand;
  const change = isClose ? 0 : proportional * (short - before) + integral * Math.max(short, -1);
  const wantedPpm = Math.round(state.sharePpm * (1 + change));
  const sharePpm = Math.min(Math.max(wantedPpm, goal.leastPpm), goal.mostPpm);
  const end = Math.sign(short) > 0 ? goal.mostPpm : goal.leastPpm;
  const stuck = !isClose && state.sharePpm === end ? state.stuck + 1 : 0;
  return {
    state: { sharePpm, rate, short, stuck },
    verdict: verdictOf({ sharePpm, rate, short, stuck }, isClose, goal),
  };
}

function verdictOf({ sharePpm, rate, short, stuck }: RateState, isClose: boolean, goal: RateGoal): RateVerdict {
  if (isClose) return { kind: 'held' };
  if (stuck < stuckSteps || rate === null) return { kind: 'steering' };
  if (short < 0) return { kind: 'too-much' };
  return { kind: 'too-little', neededPpm: Math.ceil((sharePpm * goal.rate) / rate) };
}
