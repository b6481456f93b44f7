import type { Graph } from '../engine/graph.js';
import type { Meter } from './meter.js';
import type { ListedPath, PathLists } from './path-lists.js';

/** Sweeps over all pairs at most, and the gain that the next one needs to have had before it. */
const mostSweeps = 40;
const leastGain = 1e-3;
/** Branching on a demand has to be less effort, in choices; paths that are not listed are many. */
const mostEffort = 40;
const unlistedEffort = 20;
/** Pairs of paths that are looked at in one step. */
const cellsPerStep = 200;

/** The paths that a demand may choose from; the last choice may be any path that is not listed. */
interface Choices {
  demand: number;
  paths: readonly ListedPath[];
  count: number;
  /** By choice: what it leaves less than the best one, if nothing else is there; with what pairs gave, as it is now. */
  loss: Float64Array;
}

/** Two demands that may get in each other's way. */
interface Pair {
  a: number;
  b: number;
  /** By choice of a, then of b: what both lose by sharing the bottleneck of one. */
  loss: Float64Array;
  /** By choice: what of that was given to the demands. */
  toA: Float64Array;
  toB: Float64Array;
}

export interface Outlook {
  /** -1 if none has few. */
  demand: number;
  choices: number[];
}

/**
 * What the demands of a whole mapping lose at least of what each can have alone, when nothing is overloaded. On every path there is a
 * resource that is narrowest; what others load onto that, the path loses. So losses add up over pairs, and sending parts of the losses
 * of pairs to their demands (max-product linear programming, Globerson and Jaakkola 2007) gives a bound on all choices together.
 */
export class PathChoices {
  readonly #graph: Graph;
  readonly #meter: Meter;
  readonly #choices: Choices[];
  readonly #pairs: Pair[] = [];
  /** By demand: places in `pairs`. */
  readonly #pairsOf: number[][];
  /** By pair: the least of what is left in it. */
  readonly #rest: number[] = [];
  /** Alone, all demands together have that. */
  readonly aloneMbps: number;

  constructor(graph: Graph, lists: PathLists, meter: Meter, mapping: Int32Array) {
    this.#graph = graph;
    this.#meter = meter;
    let alone = 0;
    this.#choices = Array.from({ length: graph.demands }, (_, demand) => {
      const [source, destination] = [graph.source[demand] as number, graph.destination[demand] as number];
      const { paths, beyondMbps } = lists.between(mapping[source] as number, mapping[destination] as number);
      const isAll = beyondMbps === Number.NEGATIVE_INFINITY;
      const widths = [...paths.map(({ widthMbps }) => widthMbps), ...(isAll ? [] : [beyondMbps])];
      const widest = Math.max(0, ...widths);
      alone += Math.max(0, widest - (graph.rateMbps[demand] as number));
      const loss = Float64Array.from(widths, (width) => widest - width);
      return { demand, paths, count: widths.length, loss };
    });
    this.aloneMbps = alone;
    this.#pairsOf = this.#choices.map(() => []);
    for (let a = 0; a < graph.demands; a++) for (let b = a + 1; b < graph.demands; b++) this.#addPair(a, b);
  }

  #addPair(a: number, b: number): void {
    const [ofA, ofB] = [this.#choices[a] as Choices, this.#choices[b] as Choices];
    const loss = new Float64Array(ofA.count * ofB.count);
    let isAny = false;
    ofA.paths.forEach((path, i) => {
      ofB.paths.forEach((other, j) => {
        const both = this.#added(path, other, b) + this.#added(other, path, a);
        loss[i * ofB.count + j] = both;
        if (both > 0) isAny = true;
      });
    });
    this.#meter.used += Math.ceil(loss.length / cellsPerStep);
    if (!isAny) return;
    this.#pairsOf[a]?.push(this.#pairs.length);
    this.#pairsOf[b]?.push(this.#pairs.length);
    this.#pairs.push({ a, b, loss, toA: new Float64Array(ofA.count), toB: new Float64Array(ofB.count) });
    this.#rest.push(0);
  }

  /** What another demand's path adds to the narrowest resource of a path. */
  #added(path: ListedPath, other: ListedPath, demand: number): number {
    const place = other.resources.indexOf(path.narrowest);
    return place < 0 ? 0 : (other.crossings[place] as number) * (this.#graph.rateMbps[demand] as number);
  }

  /** Raises the bound until it hardly gets better, or reaches `enoughMbps`. */
  raise(enoughMbps: number): number {
    let bound = this.#bound();
    for (let sweep = 0; sweep < mostSweeps && bound < enoughMbps && !this.#meter.isSpent; sweep++) {
      for (const pair of this.#pairs) this.#send(pair);
      const before = bound;
      bound = this.#bound();
      if (bound - before < leastGain * Math.max(0, enoughMbps - bound)) break;
    }
    return bound;
  }

  #bound(): number {
    this.#pairs.forEach((pair, place) => {
      this.#rest[place] = restOf(pair);
    });
    const losses = this.#choices.map(({ loss }) => loss.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY));
    return [...losses, ...this.#rest].reduce((sum, each) => sum + (Number.isFinite(each) ? each : 0), 0);
  }

  /** Both demands of a pair get half of what they lose at least by each choice, their own losses counted in. */
  #send({ a, b, loss, toA, toB }: Pair): void {
    const [ofA, ofB] = [(this.#choices[a] as Choices).loss, (this.#choices[b] as Choices).loss];
    this.#meter.used += Math.ceil((2 * loss.length) / cellsPerStep);
    for (let i = 0; i < ofA.length; i++) (ofA[i] as number) -= toA[i] as number;
    for (let j = 0; j < ofB.length; j++) (ofB[j] as number) -= toB[j] as number;
    toB.fill(Number.POSITIVE_INFINITY);
    for (let i = 0; i < ofA.length; i++) {
      const own = ofA[i] as number;
      let least = Number.POSITIVE_INFINITY;
      for (let j = 0, cell = i * ofB.length; j < ofB.length; j++, cell++) {
        const both = loss[cell] as number;
        if (both + (ofB[j] as number) < least) least = both + (ofB[j] as number);
        if (both + own < (toB[j] as number)) toB[j] = both + own;
      }
      toA[i] = (least - own) / 2;
    }
    for (let j = 0; j < ofB.length; j++) toB[j] = ((toB[j] as number) - (ofB[j] as number)) / 2;
    for (let i = 0; i < ofA.length; i++) (ofA[i] as number) += toA[i] as number;
    for (let j = 0; j < ofB.length; j++) (ofB[j] as number) += toB[j] as number;
  }

  /**
   * When some demands have chosen: the open one with the fewest choices left that may be part of something better, and these, if they are
   * few; null if nothing is.
   * @param chosen by demand, -1 for those that have not
   * @param isWorth whether to lose that much may be better than what was found
   */
  outlook(chosen: Int32Array, isWorth: (lossMbps: number) => boolean): Outlook | null {
    let all = this.#lossOf(chosen);
    const losses: { demand: number; own: Float64Array; least: number }[] = [];
    for (const { demand, count, loss } of this.#choices) {
      if ((chosen[demand] as number) >= 0 || count === 0) continue;
      const own = this.#beside(demand, loss, chosen);
      const least = own.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
      losses.push({ demand, own, least });
      all += least;
    }
    this.#meter.used += chosen.length;
    if (!isWorth(all)) return null;
    let [fewest, effort]: [Outlook, number] = [{ demand: -1, choices: [] }, mostEffort];
    for (const { demand, own: lossBy, least } of losses) {
      const choices: number[] = [];
      lossBy.forEach((each, choice) => {
        if (isWorth(all - least + each)) choices.push(choice);
      });
      const own = choices.length + (choices.some((choice) => this.isUnlisted(demand, choice)) ? unlistedEffort : 0);
      if (own < effort) [fewest, effort] = [{ demand, choices }, own];
    }
    return fewest;
  }

  /** What demands lose by what they chose, and pairs of open ones at least. */
  #lossOf(chosen: Int32Array): number {
    let sum = 0;
    for (let place = 0; place < this.#pairs.length; place++) {
      const pair = this.#pairs[place] as Pair;
      const [i, j] = [chosen[pair.a] as number, chosen[pair.b] as number];
      if (i >= 0 && j >= 0) sum += leftIn(pair, i, j);
      else if (i < 0 && j < 0) sum += this.#rest[place] as number;
    }
    for (const { demand, loss } of this.#choices) {
      const choice = chosen[demand] as number;
      if (choice >= 0) sum += loss[choice] as number;
    }
    return sum;
  }

  /** By choice of an open demand: what is lost by it, beside what others chose. */
  #beside(demand: number, loss: Float64Array, chosen: Int32Array): Float64Array {
    const own = loss.slice();
    for (const place of this.#pairsOf[demand] as number[]) {
      const pair = this.#pairs[place] as Pair;
      const isFirst = pair.a === demand;
      const other = chosen[isFirst ? pair.b : pair.a] as number;
      if (other < 0) continue;
      for (let choice = 0; choice < own.length; choice++)
        (own[choice] as number) += isFirst ? leftIn(pair, choice, other) : leftIn(pair, other, choice);
    }
    return own;
  }

  /** Whether a choice is to take none of the listed paths. */
  isUnlisted(demand: number, choice: number): boolean {
    return choice >= (this.#choices[demand] as Choices).paths.length;
  }

  /** The choice that a path is. */
  choiceOf(demand: number, path: ListedPath): number {
    const { paths } = this.#choices[demand] as Choices;
    const place = paths.findIndex(
      ({ edges }) => edges.length === path.edges.length && edges.every((edge, hop) => edge === path.edges[hop]),
    );
    return place < 0 ? paths.length : place;
  }
}

/** What a pair loses by two choices beyond what it gave to its demands. */
function leftIn({ loss, toA, toB }: Pair, i: number, j: number): number {
  return (loss[i * toB.length + j] as number) - (toA[i] as number) - (toB[j] as number);
}

function restOf({ loss, toA, toB }: Pair): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < toA.length; i++) {
    for (let j = 0, cell = i * toB.length; j < toB.length; j++, cell++) {
      const left = (loss[cell] as number) - (toA[i] as number) - (toB[j] as number);
      if (left < least) least = left;
    }
  }
  return least;
}
