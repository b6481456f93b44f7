import type { Infeasible, Problem } from '../../model/problem.js';
import { boundIn } from '../bounds/bound-of.js';
import { settingOf } from '../engine/setting.js';
import { explainInfeasible } from '../infeasible/explain-infeasible.js';
import { fewestMoves, findMapping } from '../infeasible/find-mapping.js';
import { mappingRulesOf, withMovesAtMost, withoutTooLong } from '../infeasible/mapping-rules.js';
import { PartialPlacement } from '../infeasible/partial-placement.js';
import { climb } from './climb.js';
import { ForcedResources } from './forced-resources.js';
import { Incumbent, type Reach } from './incumbent.js';
import { MappingSearch } from './mapping-search.js';
import { Meter } from './meter.js';
import { PairBounds } from './pair-bounds.js';
import { PathLists } from './path-lists.js';
import type { SearchParts } from './routing-search.js';
import { Valuation } from './valuation.js';

export interface Configuration {
  mapping: number[];
  /** For each demand, the hosts of its path. */
  paths: number[][];
}

export interface ProveOptions {
  /** A configuration that keeps all constraints, to begin with. */
  start?: Configuration;
  /** Most steps; one more than that may be taken in a few places. */
  steps: number;
}

export interface Proof {
  /** Null if the steps did not do to find any. */
  best: (Configuration & { unmetMbps: number; values: number[] }) | null;
  /** Nothing leaves less unmet; and nothing that leaves as little has a better first rank. Infinite where nothing is known. */
  bound: Reach;
  /** Nothing is better in any rank. */
  isProved: boolean;
  steps: number;
}

/** Steps to find out how many VMs have to move at least. */
const mappingSteps = 200_000;

/** Widest paths that are listed for each pair of hosts. */
const listed = 40;

/**
 * The best configuration by branch and bound, over all mappings and all paths without loops; with as many steps as it takes, proved.
 * What the bound cannot use of the constraints it leaves to the search, so it is always valid. Throws for problems of distances.
 */
export function prove(problem: Problem, { start, steps }: ProveOptions): Proof | Infeasible {
  if (problem.distances !== undefined) throw new Error('branch and bound is for problems with edges');
  const { isTooLong, ...hard } = mappingRulesOf(problem);
  const rules = withoutTooLong(hard, isTooLong);
  const all = problem.vms.map((_, vm) => vm);
  const within = (limit: number) => withMovesAtMost(rules, problem, limit);
  const { limit, isKnown } = fewestMoves(problem, (moves) => findMapping(within(moves), all, mappingSteps).kind);
  if (!isKnown) return unproved(problem, start);
  const placement = new PartialPlacement(limit === null ? rules : within(limit));
  const parts = partsOf(problem, new Meter(steps));
  if (start && isPossible(placement, start.mapping)) parts.incumbent.offer(parts.valuation.adopted(start));
  else {
    const first = findMapping(placement.rules, all, mappingSteps);
    if (first.kind === 'none') return explainInfeasible(problem);
    if (first.kind === 'mapping') climb(parts, placement, first.mapping);
  }
  const search = new MappingSearch(parts, placement);
  search.search();
  if (parts.incumbent.found === null && search.open === null) return explainInfeasible(problem);
  return proofOf(parts, search.open);
}

/** Where it is not known how many VMs have to move, nothing is known of the best configuration. */
function unproved(problem: Problem, start: Configuration | undefined): Proof {
  const parts = partsOf(problem, new Meter(0));
  if (start) parts.incumbent.offer(parts.valuation.adopted(start));
  return proofOf(parts, { unmetMbps: 0, value: parts.limit });
}

/** Whether a whole mapping keeps the rules; the placement is left as it was. */
function isPossible(placement: PartialPlacement, mapping: readonly number[]): boolean {
  const placed: number[] = [];
  const fits = mapping.every((host, vm) => {
    if (!placement.fits(vm, host)) return false;
    placement.place(vm, host);
    placed.push(vm);
    return true;
  });
  for (const vm of placed) placement.remove(vm);
  return fits;
}

function partsOf(problem: Problem, meter: Meter): SearchParts {
  const setting = settingOf(problem);
  const { graph } = setting;
  const widths = setting.widths();
  const lists = new PathLists(graph, widths, listed, meter);
  const valuation = new Valuation(setting);
  const pairs = new PairBounds(graph, lists, meter);
  const forced = new ForcedResources(graph, lists);
  const limit = boundIn(setting).value;
  return { graph, widths, lists, pairs, forced, valuation, incumbent: new Incumbent(valuation.ranks), meter, limit };
}

function proofOf({ incumbent, meter, valuation, limit }: SearchParts, open: Reach | null): Proof {
  const { found, sign } = incumbent;
  if (found === null) {
    const bound = open ?? { unmetMbps: 0, value: limit };
    return { best: null, bound, isProved: false, steps: meter.used };
  }
  const { unmetMbps } = found;
  const values = Array.from(found.values);
  const bound = { unmetMbps, value: values[0] as number };
  if (open !== null) {
    bound.unmetMbps = Math.min(bound.unmetMbps, open.unmetMbps);
    bound.value = (sign > 0 ? Math.max : Math.min)(bound.value, open.value);
  }
  const best = { ...valuation.configured(found), unmetMbps, values };
  return { best, bound, isProved: open === null, steps: meter.used };
}
