import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Infeasible, Problem } from '../../model/problem.js';
import { placeByDistance } from '../distance/place-by-distance.js';
import { annealArrangement, type Seen } from '../engine/anneal-arrangement.js';
import type { Arrangement } from '../engine/arrangement.js';
import { breed } from '../engine/breed.js';
import { searchMapping } from '../engine/mapping-search.js';
import type { Routing } from '../engine/routing.js';
import { seedAnnealing } from '../engine/seed-annealing.js';
import { arrange, emptyArrangement, type Setting, settingOf } from '../engine/setting.js';
import { settleDown } from '../engine/settle-down.js';
import { type Proof, prove } from '../exact/prove.js';
import { fitMapping } from '../fitting.js';
import { mapByOrder } from '../greedy-order.js';
import { mapByPairs } from '../greedy-pairs.js';
import { isFeasible } from '../host-room.js';
import { mappingOrWhyNot } from '../infeasible/explain-infeasible.js';
import type { PartialMapping } from '../partial-mapping.js';
import { mapByPeeling } from '../peeling.js';
import { type EdgeSearch, isDistanceLane, type Lane, type LaneResult } from './lane.js';

/** Runs lanes one after the other. */
export function runLanes(problem: Problem, lanes: readonly Lane[]): LaneResult[] {
  return lanes.map(laneRunner(problem));
}

/** Runs lanes of one problem; what they share is made for the first. */
export function laneRunner(problem: Problem): (lane: Lane) => LaneResult {
  let setting: Setting | null = null;
  return (lane) => {
    if (isDistanceLane(lane)) return placeByDistance(problem, lane);
    if (lane.search === 'exact') return proved(prove(problem, { steps: lane.iterations }));
    setting ??= settingOf(problem);
    return runLane(setting, { ...lane, search: lane.search });
  };
}

function proved(found: Proof | Infeasible): LaneResult {
  return 'kind' in found ? found : { kind: 'proof', ...found };
}

type ArrangedSearch = Exclude<EdgeSearch, 'exact'>;

/** Of the iterations of a lane that begins with widths alone: those spent there. They are several times as quick. */
const farShare = 0.8;

function runLane(setting: Setting, { search, seed, iterations }: Lane & { search: ArrangedSearch }): LaneResult {
  const start = startOf(setting, search);
  if ('kind' in start) return start;
  const { arrangement, routing } = emptyArrangement(setting);
  const random = xoroshiro128plus(seed);
  const run: Run = { setting, arrangement, routing, random, start, iterations };
  const { kept } = searches[search](run);
  const isGreedy = search === 'greedy-pairs' || search === 'greedy-order';
  return { kind: 'landing', ...kept, iterations: isGreedy ? 0 : iterations };
}

interface Run {
  setting: Setting;
  arrangement: Arrangement;
  routing: Routing;
  random: RandomGenerator;
  start: ArrayLike<number>;
  iterations: number;
}

const searches: Record<ArrangedSearch, (run: Run) => Seen> = {
  near: (run) => engine(run, run.start, run.iterations, 'warm'),
  hot: (run) => engine(run, run.start, run.iterations, 'hot'),
  far: (run) => {
    const { setting, start, random, iterations } = run;
    const quick = Math.floor(farShare * iterations);
    const mapping = searchMapping(setting.graph, setting.widths(), start, random, quick);
    return engine(run, mapping, iterations - quick, 'warm');
  },
  annealing: ({ arrangement, routing, random, start, iterations }) => {
    arrange(arrangement, routing, start, 'widest');
    return seedAnnealing(arrangement, random, iterations, 'all');
  },
  'annealing-by-path': ({ arrangement, routing, random, start, iterations }) => {
    arrange(arrangement, routing, start, 'widest');
    return seedAnnealing(arrangement, random, iterations, 1);
  },
  genetic: ({ setting, arrangement, routing, random, start, iterations }) =>
    breed(setting.graph.problem, arrangement, routing, start, random, iterations),
  'greedy-pairs': greedy,
  'greedy-order': greedy,
};

function greedy({ arrangement, routing, start }: Run): Seen {
  arrange(arrangement, routing, start, 'widest');
  return { kept: arrangement.save(), standing: arrangement.standing() };
}

function engine(
  { arrangement, routing, random }: Run,
  mapping: ArrayLike<number>,
  iterations: number,
  heat: 'hot' | 'warm',
): Seen {
  arrange(arrangement, routing, mapping);
  const { kept } = annealArrangement(arrangement, routing, random, iterations, heat);
  arrangement.restore(kept);
  return settleDown(arrangement, routing);
}

/** A mapping to begin with: what runs for the search near it; else a greedy one, or where that breaks a constraint, any that does not. */
function startOf(setting: Setting, search: ArrangedSearch): ArrayLike<number> | Infeasible {
  const { problem } = setting.graph;
  const current = problem.vms.map((vm) => vm.current);
  if (search === 'near' && isFeasible(problem, current)) return current;
  const greedy = fitMapping(firstMapping(setting, search));
  return 'kind' in greedy || breaksRules(setting, greedy) ? mappingOrWhyNot(problem) : greedy;
}

function firstMapping({ graph, widths }: Setting, search: ArrangedSearch): PartialMapping {
  if (search === 'far') return mapByPeeling(graph, widths());
  return search === 'greedy-order' ? mapByOrder(graph, widths()) : mapByPairs(graph);
}

/** Whether a mapping breaks groups or budgets. */
function breaksRules(setting: Setting, mapping: readonly number[]): boolean {
  const { arrangement } = emptyArrangement(setting);
  for (const [vm, host] of mapping.entries()) arrangement.place(vm, host);
  return arrangement.excess() > 0;
}
