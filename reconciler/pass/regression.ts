/** What pairs sent on average in one part of a window, in Mb/s, by pair; those that sent nothing may be left out. */
export type Rates = ReadonlyMap<string, number>;

/** Parts of a window of equal length, in their order; an even number. */
export interface Measured {
  before: readonly Rates[];
  after: readonly Rates[];
}

export interface Groups {
  /** Pairs whose VMs moved or whose frames travel differently. */
  changed: ReadonlySet<string>;
  /** Pairs that share a resource with those, before or after. */
  beside: ReadonlySet<string>;
  /** All others. */
  elsewhere: ReadonlySet<string>;
}

interface Throughput {
  pairs: number;
  beforeMbps: number;
  afterMbps: number;
}

export interface Comparison {
  changed: Throughput;
  beside: Throughput;
  elsewhere: Throughput;
  /** What changed pairs and those beside were to get: the least that they got before, less what traffic elsewhere fell by. */
  expectedMbps: number;
  /** What they get less than that at best. */
  lostMbps: number;
  isRegression: boolean;
}

/** What says nothing. */
const leastMbps = 0.1;
/** Traffic elsewhere tells of the time only if it is at least this share of what is judged. */
const leastElsewhere = 0.1;
/** Standard errors that a loss must exceed. */
const certainly = 4;

/**
 * Whether a change has made it worse. Demands change by themselves, so a loss counts only
 * - if it was there in each half of the time after, against each half of the time before: what a program does by itself seldom falls
 *   into the moment of the change;
 * - beyond what traffic elsewhere fell by in the same time;
 * - beyond `margin`, a share of what the changed pairs got;
 * - well beyond how much the sum varies from part to part.
 */
export function compare(
  { before, after }: Measured,
  { changed, beside, elsewhere }: Groups,
  margin: number,
): Comparison {
  const touched = new Set([...changed, ...beside]);
  const [was, is] = [sums(before, touched), sums(after, touched)];
  const [othersWere, othersAre] = [sums(before, elsewhere), sums(after, elsewhere)];
  const least = Math.min(...halves(was));
  const tells = mean(othersWere) >= leastElsewhere * mean(was) && mean(othersWere) >= leastMbps;
  const trend = tells ? Math.min(1, Math.min(...halves(othersAre)) / Math.max(...halves(othersWere))) : 1;
  const expectedMbps = least * trend;
  const lostMbps = expectedMbps - Math.max(...halves(is));
  const ownMbps = Math.min(...halves(sums(before, changed))) * trend;
  const deviation = Math.sqrt(errorOf(was) + errorOf(is));
  const isRegression =
    margin < 1 &&
    ownMbps >= leastMbps &&
    lostMbps > margin * ownMbps &&
    mean(was) * trend - mean(is) > certainly * deviation;
  const throughput = (group: ReadonlySet<string>): Throughput => {
    return { pairs: group.size, beforeMbps: mean(sums(before, group)), afterMbps: mean(sums(after, group)) };
  };
  return {
    changed: throughput(changed),
    beside: throughput(beside),
    elsewhere: throughput(elsewhere),
    ...{ expectedMbps, lostMbps, isRegression },
  };
}

/** By part. */
function sums(parts: readonly Rates[], group: ReadonlySet<string>): number[] {
  return parts.map((rates) => {
    let sum = 0;
    for (const pair of group) sum += rates.get(pair) ?? 0;
    return sum;
  });
}

function halves(parts: readonly number[]): [number, number] {
  const middle = parts.length / 2;
  return [mean(parts.slice(0, middle)), mean(parts.slice(middle))];
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Square of the standard error of the mean. */
function errorOf(parts: readonly number[]): number {
  const middle = mean(parts);
  const squares = parts.reduce((sum, part) => sum + (part - middle) ** 2, 0);
  return squares / (parts.length - 1) / parts.length;
}
