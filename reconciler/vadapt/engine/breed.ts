import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Problem } from '../../model/problem.js';
import { HostRoom } from '../host-room.js';
import type { Seen } from './anneal-arrangement.js';
import type { Arrangement } from './arrangement.js';
import { below, unit } from './random.js';
import type { Routing } from './routing.js';
import { arrange } from './setting.js';
import { compareStandings, type Standing } from './standing.js';

const population = 24;
/** Chance that a VM of a child goes to a random host. */
const mutation = 0.1;

interface Individual {
  mapping: number[];
  standing: Standing;
}

/**
 * The genetic variant that the seed names: mappings are bred, paths follow greedily. A child has each VM where one of two parents has it,
 * each the better of two drawn; it replaces the worst if it is better. `iterations` are children.
 */
export function breed(
  problem: Problem,
  arrangement: Arrangement,
  routing: Routing,
  start: ArrayLike<number>,
  random: RandomGenerator,
  iterations: number,
): Seen {
  const { objective } = arrangement.ledger;
  arrange(arrangement, routing, start);
  let best: Seen = { kept: arrangement.save(), standing: arrangement.standing() };
  const first: Individual = { mapping: Array.from(start), standing: best.standing };
  const judged = (mapping: number[]): Individual => {
    arrange(arrangement, routing, mapping);
    const standing = arrangement.standing();
    if (compareStandings(objective, standing, best.standing) > 0) best = { kept: arrangement.save(), standing };
    return { mapping, standing };
  };
  const all = [first];
  for (let child = 1; child < iterations; child++) {
    const parents = all.length < population ? [first, first] : [drawn(), drawn()];
    const chance = all.length < population ? 0.5 : mutation;
    const mapping = crossed(
      problem,
      (parents as [Individual, Individual]).map((p) => p.mapping),
      chance,
      random,
    );
    const individual = judged(mapping ?? [...first.mapping]);
    if (all.length < population) all.push(individual);
    else {
      const worst = all.reduce((a, b) => (compareStandings(objective, a.standing, b.standing) <= 0 ? a : b));
      if (compareStandings(objective, individual.standing, worst.standing) > 0) all[all.indexOf(worst)] = individual;
    }
  }
  return best;

  function drawn(): Individual {
    const [a, b] = [all[below(random, all.length)], all[below(random, all.length)]] as [Individual, Individual];
    return compareStandings(objective, a.standing, b.standing) >= 0 ? a : b;
  }
}

/** Null where some VM finds no room. */
function crossed(
  problem: Problem,
  parents: readonly (readonly number[])[],
  chance: number,
  random: RandomGenerator,
): number[] | null {
  const room = new HostRoom(problem);
  const mapping: number[] = [];
  for (const [vm, { allowed }] of problem.vms.entries()) {
    const wanted = parents[below(random, parents.length)]?.[vm] as number;
    const host = unit(random) < chance ? (allowed[below(random, allowed.length)] as number) : wanted;
    const other = parents.map((parent) => parent[vm] as number);
    const place = [host, ...other, ...allowed].find((candidate) => room.fits(vm, candidate));
    if (place === undefined) return null;
    room.place(vm, place);
    mapping.push(place);
  }
  return mapping;
}
