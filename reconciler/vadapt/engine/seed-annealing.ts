import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { geometric } from '../geometric.js';
import type { Seen } from './anneal-arrangement.js';
import type { Arrangement } from './arrangement.js';
import { below, unit } from './random.js';
import { compareStandings } from './standing.js';

/** Share of neighbours that change the mapping; the seed wants it lower than that of paths. */
const mappingShare = 0.3;
/** First temperature, in values of the objective for each demand; and the last in the first. */
const firstShare = 0.3;
const cooling = 1e-3;
/** What a Mb/s unmet costs, in Mb/s of the objective; the seed does not say what to do with it. */
const perUnmet = 10;

/**
 * Simulated annealing as the seed has it, to measure others against. Each path of a neighbour is perturbed by inserting a random host,
 * deleting or swapping inner ones, with equal chances; at times a VM goes to a random host instead, in exchange where it does not fit, and
 * paths follow at their ends. With `pathsAtOnce` 1, only one random path is perturbed, which lets large configurations settle. The best
 * seen.
 */
export function seedAnnealing(
  arrangement: Arrangement,
  random: RandomGenerator,
  iterations: number,
  pathsAtOnce: 'all' | 1,
): Seen {
  const { ledger, graph } = arrangement;
  const sign = ledger.objective.ranks[0]?.goal === 'minimise' ? -1 : 1;
  const energy = () => sign * ledger.rank(0) - perUnmet * ledger.unmetMbps;
  let best: Seen = { kept: arrangement.save(), standing: arrangement.standing() };
  if (graph.demands === 0) return best;
  const first = Math.max(1, (Math.abs(energy()) / graph.demands) * firstShare);
  let now = energy();
  for (let step = 0; step < iterations; step++) {
    const temperature = geometric(first, first * cooling, step / iterations);
    const excess = arrangement.excess();
    const isChanged =
      unit(random) < mappingShare
        ? perturbMapping(arrangement, random)
        : perturbPaths(arrangement, random, pathsAtOnce);
    if (isChanged) arrangement.settle();
    const difference = isChanged ? energy() - now : 0;
    const isAllowed = isChanged && arrangement.excess() <= excess;
    if (!isAllowed || (difference < 0 && unit(random) >= Math.exp(difference / temperature))) {
      arrangement.undo();
      continue;
    }
    arrangement.keep();
    now += difference;
    const standing = arrangement.standing();
    if (compareStandings(ledger.objective, standing, best.standing) > 0) best = { kept: arrangement.save(), standing };
  }
  return best;
}

function perturbMapping(arrangement: Arrangement, random: RandomGenerator): boolean {
  const { mapping, room, graph } = arrangement;
  const { vms } = graph.problem;
  const vm = below(random, vms.length);
  const { allowed } = vms[vm] as { allowed: number[] };
  const host = allowed[below(random, allowed.length)] as number;
  const home = mapping[vm] as number;
  if (host === home) return false;
  arrangement.place(vm, -1);
  const guests = room.guestsOf(host);
  const other = room.fits(vm, host) || guests.length === 0 ? -1 : (guests[below(random, guests.length)] as number);
  if (other >= 0) arrangement.place(other, -1);
  if (!room.fits(vm, host)) return false;
  arrangement.place(vm, host);
  if (other >= 0 && !room.fits(other, home)) return false;
  if (other >= 0) arrangement.place(other, home);
  for (let demand = 0; demand < graph.demands; demand++) {
    const isOurs = [vm, other].some((each) => graph.source[demand] === each || graph.destination[demand] === each);
    if (isOurs && !take(arrangement, demand, innerOf(arrangement, demand))) return false;
  }
  return true;
}

function perturbPaths(arrangement: Arrangement, random: RandomGenerator, pathsAtOnce: 'all' | 1): boolean {
  const { demands } = arrangement.graph;
  if (pathsAtOnce === 1) return perturbPath(arrangement, below(random, demands), random);
  let isChanged = false;
  for (let demand = 0; demand < demands; demand++) isChanged = perturbPath(arrangement, demand, random) || isChanged;
  return isChanged;
}

function perturbPath(arrangement: Arrangement, demand: number, random: RandomGenerator): boolean {
  const inner = perturbed(innerOf(arrangement, demand), arrangement.graph.hosts, random);
  return inner !== null && take(arrangement, demand, inner);
}

/** Null where there is nothing to delete or to swap, or the host drawn is there already. */
function perturbed(inner: readonly number[], hosts: number, random: RandomGenerator): number[] | null {
  const kind = below(random, 3);
  if (kind === 0) {
    const host = below(random, hosts);
    return inner.includes(host) ? null : inner.toSpliced(below(random, inner.length + 1), 0, host);
  }
  if (inner.length < kind) return null;
  const [x, y] = [below(random, inner.length), below(random, inner.length)];
  if (kind === 1) return inner.toSpliced(x, 1);
  return x === y ? null : inner.with(x, inner[y] as number).with(y, inner[x] as number);
}

/** Inner hosts of a demand's path. */
function innerOf({ paths, graph }: Arrangement, demand: number): number[] {
  const edges = paths.edgesOf(demand).subarray(0, paths.lengths[demand]);
  return Array.from(edges.subarray(0, -1), (edge) => graph.to[edge] as number);
}

/** Leads a demand from where its source is over these hosts to its destination; false where an edge is missing. */
function take(arrangement: Arrangement, demand: number, inner: readonly number[]): boolean {
  const { mapping, graph } = arrangement;
  const from = mapping[graph.source[demand] as number] as number;
  const to = mapping[graph.destination[demand] as number] as number;
  const hosts = from === to ? [from, from] : [from, ...inner.filter((host) => host !== from && host !== to), to];
  const edges = hosts.slice(1).map((host, hop) => graph.edgeAt[(hosts[hop] as number) * graph.hosts + host] as number);
  if (edges.includes(-1)) return false;
  arrangement.route(demand, edges, edges.length);
  return true;
}
