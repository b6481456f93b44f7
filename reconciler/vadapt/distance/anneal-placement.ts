import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { temperatureFor } from '../assignment/temperatures.js';
import { unit } from '../engine/random.js';
import { geometric } from '../geometric.js';
import { Chains } from './chains.js';
import type { Costs } from './costs.js';
import type { Proposals } from './proposals.js';

/** Shares of moves to the worse that are accepted at first and at last. */
export interface Cooling {
  firstShare: number;
  lastShare: number;
}

const mostSamples = 4000;
const stepsOfOneHeat = 64;
/** Share of moves that are not permitted as they are from which a chain is made, at most. */
const mostChains = 0.1;
/** Items above which they are fewer: chains are dear where there are many hosts and guests. */
const itemsForMostChains = 1000;
/** Steps for each item after which costs are computed anew. */
const stepsForEachRecount = 50;

/** Simulated annealing of a placement, which is left as the best one seen. */
export function annealPlacement(
  costs: Costs,
  proposals: Proposals,
  { firstShare, lastShare }: Cooling,
  random: RandomGenerator,
  iterations: number,
): void {
  const samples = Math.min(mostSamples, Math.ceil(iterations / 10));
  const worse = worseMoves(costs, proposals, samples);
  if (worse.length === 0) worse.push(Math.abs(costs.cost) / costs.placed.items.count);
  const first = temperatureFor(worse, firstShare);
  const last = temperatureFor(worse, lastShare);
  const recountAfter = stepsForEachRecount * costs.placed.items.count;
  const best = new BestSeen(costs);
  const chains = new Chains(costs, random);
  const chainShare = mostChains * Math.min(1, itemsForMostChains / costs.placed.items.count);
  let temperature = first;
  const accepts = (delta: number) => delta <= 0 || unit(random) < Math.exp(-delta / temperature);
  for (let step = samples; step < iterations; step++) {
    if (step % stepsOfOneHeat === 0) temperature = geometric(first, last, step / iterations);
    if (step % recountAfter === 0) {
      best.keep();
      costs.recount();
    }
    const isPermitted = proposals.draw();
    const { item, host, other } = proposals;
    if (!isPermitted) {
      if (unit(random) >= chainShare) continue;
      best.keep();
      if (chains.make(item, host, accepts)) best.look();
      continue;
    }
    const delta = costs.delta(item, host, other);
    if (!accepts(delta)) continue;
    if (delta > 0) best.keep();
    costs.move(item, host, other);
    best.look();
  }
  best.keep();
  best.restore();
}

/** How much moves add that make it worse, of a sample of those that are drawn. */
function worseMoves(costs: Costs, proposals: Proposals, samples: number): number[] {
  const worse: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    if (!proposals.draw()) continue;
    const delta = costs.delta(proposals.item, proposals.host, proposals.other);
    if (delta > 0 && delta < Number.POSITIVE_INFINITY) worse.push(delta);
  }
  return worse;
}

/** The best placement seen. It is copied only when the next move would make it worse. */
class BestSeen {
  readonly #costs: Costs;
  readonly #hostOf: Int32Array;
  readonly #ranked: Float64Array;
  #isCopied = true;

  constructor(costs: Costs) {
    this.#costs = costs;
    this.#hostOf = costs.placed.hostOf.slice();
    this.#ranked = new Float64Array(costs.worths.length);
    costs.rankInto(this.#ranked);
  }

  look(): void {
    if (!this.#costs.isLessThan(this.#ranked)) return;
    this.#costs.rankInto(this.#ranked);
    this.#isCopied = false;
  }

  /** Before a move that may make it worse. */
  keep(): void {
    if (this.#isCopied) return;
    this.#hostOf.set(this.#costs.placed.hostOf);
    this.#isCopied = true;
  }

  restore(): void {
    this.#costs.placed.rearrange(this.#hostOf);
    this.#costs.recount();
  }
}
