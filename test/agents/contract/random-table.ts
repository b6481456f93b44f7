import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Output, Rule } from '../../../schema/generated/types.js';
import { findTies } from '../../../schema/rule-faults.js';

/** Chance that can be had again. */
export class Chance {
  readonly #random: ReturnType<typeof xoroshiro128plus>;

  constructor(seed: number) {
    this.#random = xoroshiro128plus(seed);
  }

  /** True with this probability. */
  happens(probability: number): boolean {
    return uniformFloat64(this.#random) < probability;
  }

  below(count: number): number {
    return uniformInt(this.#random, 0, count - 1);
  }

  /** Of a list that is not empty. */
  oneOf<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  shuffled<T>(list: readonly T[]): T[] {
    return list
      .map((value) => ({ value, key: uniformFloat64(this.#random) }))
      .sort((a, b) => a.key - b.key)
      .map(({ value }) => value);
  }
}

/** What rules of one network may speak of. */
export interface Vocabulary {
  network: string;
  sources: readonly string[];
  destinations: readonly string[];
  outputs: readonly Output[];
}

/** A table with rules of every rank, free of ties, in any order. */
export function randomTable(chance: Chance, { network, sources, destinations, outputs }: Vocabulary): Rule[] {
  const rules: Rule[] = [];
  const add = (probability: number, source: string, destination: string): void => {
    if (chance.happens(probability)) rules.push({ network, source, destination, to: [chance.oneOf(outputs)] });
  };
  const not = (addresses: readonly string[]) => `not-${chance.oneOf(addresses)}`;
  for (const source of sources) {
    add(0.4, source, not(destinations));
    add(0.5, source, 'any');
    add(0.5, source, 'none');
    for (const destination of destinations) add(0.25, source, destination);
  }
  for (const destination of destinations) {
    add(0.3, not(sources), destination);
    add(0.4, 'any', destination);
  }
  if (chance.happens(0.5)) add(0.7, 'any', not(destinations));
  else add(0.7, not(sources), 'any');
  add(0.7, 'any', 'any');
  return chance.shuffled(withoutTies(chance, rules, outputs));
}

/** Decides some ties by a better rule and the others by leaving a rule out. */
function withoutTies(chance: Chance, rules: readonly Rule[], outputs: readonly Output[]): Rule[] {
  let all = [...rules];
  // A better rule leaves others of the same rank that may tie with the next.
  for (let ties = findTies(all); ties.length > 0; ties = findTies(all)) {
    const refused = new Set<Rule>();
    for (const { rule, frame } of ties) {
      if (chance.happens(0.3)) refused.add(rule);
      else all.push({ ...rule, ...frame, to: [chance.oneOf(outputs)] });
    }
    all = all.filter((rule) => !refused.has(rule));
  }
  return all;
}
