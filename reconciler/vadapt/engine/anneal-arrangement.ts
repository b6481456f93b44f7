import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { geometric } from '../geometric.js';
import { compareRanks } from '../objective/compare.js';
import type { Arrangement, Kept } from './arrangement.js';
import { Moves } from './moves.js';
import { below, unit } from './random.js';
import type { Routing } from './routing.js';
import { compareStandings, type Standing } from './standing.js';

/** An arrangement that was seen, and what it is worth. */
export interface Seen {
  kept: Kept;
  standing: Standing;
}

/** First temperatures, in typical differences of the objective: to wander, or to improve what is good already. */
export const heats = { hot: 2, warm: 0.3 } as const;
const lastTemperature = 3e-3;
/** Changes made to learn by how much they change the objective of this instance. */
const samples = 200;
/** Share of changes to the mapping; the seed wants it lower than that of paths. */
const mappingShare = 0.3;
/** How many typical differences one demand left wholly unmet costs, or a constraint broken by one, at first and at last. */
const firstPenalty = 1;
const lastPenalty = 100;
/** Times the search is heated at most, each time from the best seen; and what a cycle needs to settle, for each VM and demand. */
const mostCycles = 4;
const cycleIterations = 100;
/** Sums kept by differences are added up anew so often. */
const stepsBetweenCounts = 65_536;
const stepsBetweenLooks = 64;
const tolerance = 1e-6;

/**
 * Simulated annealing on mapping and paths from what the arrangement is now: the best seen, never worse than that. Worse neighbours are
 * accepted with probability e^(dE/T), T falls geometrically over `iterations`.
 */
export function annealArrangement(
  arrangement: Arrangement,
  routing: Routing,
  random: RandomGenerator,
  iterations: number,
  heat: keyof typeof heats,
): Seen {
  return new Annealing(arrangement, routing, random).run(iterations, heats[heat]);
}

class Annealing {
  readonly #arrangement: Arrangement;
  readonly #moves: Moves;
  readonly #random: RandomGenerator;
  readonly #gathered: number[][];
  readonly #mappingShare: number;
  /** 1 to maximise, -1 to minimise. */
  readonly #sign: number;
  #best: Seen;
  /** What a Mb/s unmet costs, and a constraint broken by one, in the objective's unit; both times `#penalty`. */
  #perUnmet = 0;
  #perBroken = 0;
  #penalty = 0;
  // Of the arrangement as it was last kept.
  #value = 0;
  #unmetMbps = 0;
  #broken = 0;

  constructor(arrangement: Arrangement, routing: Routing, random: RandomGenerator) {
    this.#arrangement = arrangement;
    this.#moves = new Moves(arrangement, routing, random);
    this.#random = random;
    this.#sign = arrangement.ledger.objective.ranks[0]?.goal === 'minimise' ? -1 : 1;
    const { groups = [], vms } = arrangement.graph.problem;
    this.#mappingShare = vms.some(({ allowed }) => allowed.length > 1) ? mappingShare : 0;
    this.#gathered = groups.filter(({ kind }) => kind === 'together').map(({ vms }) => vms);
    this.#best = { kept: arrangement.save(), standing: arrangement.standing() };
    this.#look();
  }

  run(iterations: number, heat: number): Seen {
    const { problem, demands } = this.#arrangement.graph;
    if (problem.vms.length === 0) return this.#best;
    const scale = this.#typicalDifference(Math.min(samples, iterations));
    const totalMbps = problem.demands.reduce((sum, { rateMbps }) => sum + rateMbps, 0);
    this.#perBroken = scale;
    this.#perUnmet = totalMbps > 0 ? (scale * demands) / totalMbps : 0;
    const affordable = Math.floor(iterations / (cycleIterations * (problem.vms.length + demands)));
    const cycles = Math.min(Math.max(affordable, 1), mostCycles);
    for (let cycle = 0; cycle < cycles; cycle++) {
      if (cycle > 0) this.#backToBest();
      const { unmetMbps, excess, beyondWish } = this.#best.standing;
      const isShort = unmetMbps > tolerance || excess + beyondWish > tolerance;
      // Where demands come short, every other cycle is for them: hot enough to let the objective go for them.
      const isForUnmet = isShort && cycle % 2 === 1;
      this.#cycle(Math.floor(iterations / cycles), {
        hottest: scale * heat * (isForUnmet ? lastPenalty : 1),
        coldest: scale * lastTemperature,
        penalty: isForUnmet ? lastPenalty : firstPenalty,
      });
    }
    return this.#best;
  }

  #cycle(
    iterations: number,
    { hottest, coldest, penalty }: { hottest: number; coldest: number; penalty: number },
  ): void {
    let temperature = 0;
    for (let step = 0; step < iterations; step++) {
      if (step % stepsBetweenLooks === 0) {
        const share = step / iterations;
        temperature = geometric(hottest, coldest, share);
        this.#penalty = geometric(penalty, lastPenalty, share);
        if (step % stepsBetweenCounts === 0) this.#recount();
      }
      this.#step(temperature);
    }
  }

  #backToBest(): void {
    this.#arrangement.restore(this.#best.kept);
    this.#look();
  }

  #step(temperature: number): void {
    const { ledger } = this.#arrangement;
    if (!this.#change()) return;
    const value = ledger.rank(0);
    const difference =
      this.#sign * (value - this.#value) -
      this.#penalty * this.#perUnmet * (ledger.unmetMbps - this.#unmetMbps) -
      this.#penalty * this.#perBroken * (this.#brokenNow() - this.#broken);
    if (difference < 0 && unit(this.#random) >= Math.exp(difference / temperature)) {
      this.#arrangement.undo();
      return;
    }
    this.#arrangement.keep();
    this.#look();
    this.#remember();
  }

  /** One random change, with values made current; false, and nothing changed, if the one drawn was not possible. */
  #change(): boolean {
    const isDone = this.#draw();
    if (isDone) this.#arrangement.settle();
    else this.#arrangement.undo();
    return isDone;
  }

  #draw(): boolean {
    if (unit(this.#random) >= this.#mappingShare) return this.#moves.reroute();
    const groups = this.#gathered;
    if (groups.length > 0 && unit(this.#random) < 0.2)
      return this.#moves.gather(groups[below(this.#random, groups.length)] as number[]);
    return this.#moves.relocate();
  }

  #brokenNow(): number {
    return this.#arrangement.excess() + this.#arrangement.migrations.beyondWish();
  }

  #look(): void {
    this.#value = this.#arrangement.ledger.rank(0);
    this.#unmetMbps = this.#arrangement.ledger.unmetMbps;
    this.#broken = this.#brokenNow();
  }

  #remember(): void {
    const { standing } = this.#best;
    if (this.#broken > standing.excess + standing.beyondWish + tolerance) return;
    const isLessUnmet = this.#unmetMbps < standing.unmetMbps - tolerance;
    const isLessBroken = this.#broken < standing.excess + standing.beyondWish - tolerance;
    if (!isLessUnmet && !isLessBroken) {
      if (this.#unmetMbps > standing.unmetMbps + tolerance) return;
      const { ranks } = this.#arrangement.ledger.objective;
      const better = compareRanks(ranks.slice(0, 1), [this.#value], standing.values);
      // What only hops or migrations tell apart is seen to at the end.
      if (better < 0 || (better === 0 && ranks.length === 1)) return;
    }
    const now = this.#arrangement.standing();
    if (compareStandings(this.#arrangement.ledger.objective, now, standing) <= 0) return;
    this.#best = { kept: this.#arrangement.save(), standing: now };
  }

  #recount(): void {
    this.#arrangement.recount();
    this.#look();
  }

  /** Mean difference that one change makes to the objective, on a walk that accepts them all; at least a trifle. */
  #typicalDifference(steps: number): number {
    let sum = 0;
    let count = 0;
    for (let step = 0; step < steps; step++) {
      if (!this.#change()) continue;
      this.#arrangement.keep();
      sum += Math.abs(this.#arrangement.ledger.rank(0) - this.#value);
      count++;
      this.#look();
    }
    this.#backToBest();
    return Math.max(sum / Math.max(1, count), 1e-6 * Math.max(1, Math.abs(this.#value)));
  }
}
