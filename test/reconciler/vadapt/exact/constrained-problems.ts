import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Problem, ProblemGroup, ProblemObjective } from '../../../../reconciler/model/problem.js';
import type { Objective } from '../../../../schema/generated/types.js';
import { readObjective } from '../../../../schema/objective/read-objective.js';
import { randomProblem } from '../instances.js';

/** Objectives with what each rank is worth by hand: see `all-configurations.ts`. */
export const objectives: readonly Objective['spec'][] = [
  { level: 'path', goal: 'maximise' },
  { level: 'path', goal: 'minimise' },
  { level: 'edge', goal: 'maximise' },
  { level: 'edge', goal: 'minimise' },
  { level: 'path', goal: 'maximise', tieBreaks: [{ goal: 'minimise', expression: 'sum(hops)' }] },
  { level: 'path', goal: 'minimise', expression: 'sum(demand * pathLatency)' },
  {
    ...{ level: 'path', goal: 'minimise', expression: 'hostsUsed' },
    tieBreaks: [{ goal: 'maximise', expression: 'min(bottleneck)' }],
  },
];

export function objectiveOf(place: number): ProblemObjective {
  const spec = objectives[place % objectives.length] as Objective['spec'];
  const { level, goal } = spec;
  if (spec.expression === undefined && spec.tieBreaks === undefined) return { level, goal };
  const read = readObjective(spec);
  if (read.kind === 'refused') throw new Error(JSON.stringify(read.faults));
  return { level, goal, ranks: read.ranks };
}

/** A small problem drawn from a seed with every kind of constraint; which objective it has follows from `place`. */
export function constrainedProblem(seed: number, place: number): Problem {
  const random = xoroshiro128plus(seed ^ 0x5eed);
  const draw = (from: number, to: number) => uniformInt(random, from, to);
  const chance = (percent: number) => draw(1, 100) <= percent;
  const c = draw(0, 5);
  const fastPath =
    c === 0
      ? { kind: 'count' as const, links: draw(0, 2) }
      : c === 1
        ? { kind: 'bandwidth' as const, mbps: draw(0, 120) }
        : c === 2
          ? { kind: 'intensity-share' as const, share: draw(0, 10) / 10 }
          : null;
  const shape = { hosts: draw(3, 4), vms: draw(2, 3), demands: draw(1, 3) };
  const problem = randomProblem(seed, { ...shape, objective: objectiveOf(place), fastPath });
  const groups = Array.from(
    { length: draw(0, 1) },
    (): ProblemGroup => ({
      ...{ name: 'group', kind: chance(50) ? 'together' : 'apart', within: chance(50) ? 'host' : 'site' },
      vms: problem.vms.map((_, vm) => vm).filter(() => chance(70)),
    }),
  );
  return {
    ...problem,
    hosts: problem.hosts.map((host) => ({ ...host, site: draw(0, 1), ...(chance(20) && { diskGib: draw(1, 4) }) })),
    vms: problem.vms.map((vm) => ({
      ...vm,
      diskGib: draw(0, 2),
      ...(chance(30) && { migration: { stateMib: 100 * draw(0, 5), dirtyMbps: draw(0, 50) } }),
    })),
    demands: problem.demands.map((demand) => ({
      ...{ ...demand, rateMbps: chance(5) ? 0 : demand.rateMbps },
      ...(chance(20) && { maxLatencyMs: draw(5, 60) }),
      ...(chance(30) && { deviationMbps: draw(1, 10) }),
    })),
    resources: problem.resources.map((each) => ({ ...each, ...(chance(30) && { deviationMbps: draw(1, 20) }) })),
    groups,
    ...(chance(30) && { confidence: 0.95 }),
    ...(chance(30) && { maxMigrations: draw(0, 2) }),
    ...(chance(30) && { migrationBudget: { ...(chance(50) ? { moves: draw(0, 2) } : { mib: 100 * draw(0, 6) }) } }),
  };
}
