import fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../../reconciler/model/problem.js';
import type { Arrangement } from '../../../../reconciler/vadapt/engine/arrangement.js';
import { graphOf } from '../../../../reconciler/vadapt/engine/graph.js';
import { Moves } from '../../../../reconciler/vadapt/engine/moves.js';
import { unit } from '../../../../reconciler/vadapt/engine/random.js';
import { arrange, emptyArrangement, settingOf } from '../../../../reconciler/vadapt/engine/setting.js';
import { fitMapping } from '../../../../reconciler/vadapt/fitting.js';
import { mapByPairs } from '../../../../reconciler/vadapt/greedy-pairs.js';
import { readObjective } from '../../../../schema/objective/read-objective.js';
import { randomProblem } from '../instances.js';

/** Objectives of every level, aggregator and term that an arrangement keeps current. */
const expressions = [
  ['path', 'sum(bottleneck)'],
  ['path', 'sum(demand * pathLatency) + 1Mbps * sum(migration)'],
  ['path', 'min(bottleneck) + 0.1Mbps * hostsUsed'],
  ['path', 'sum(unmet) + 1Mbps * sum(hops) + 1Mbps * moves'],
  ['path', 'deviation(computeUse) + deviation(memoryUse) + 0.1 * max(guests)'],
  ['edge', 'sum(residual) - sum(load)'],
  ['edge', 'max(utilisation)'],
  ['edge', 'sum(capacity) - 1Mbps * fastPathLinks - 1Mbps * reservedLinks'],
] as const;

/** A random problem with all that a problem may have. */
function richProblem(seed: number, choice: number): Problem {
  const base = randomProblem(seed, {
    hosts: 6,
    vms: 5,
    demands: 9,
    fastPath: [null, { kind: 'count', links: 2 } as const][seed % 2] ?? null,
  });
  const [level, expression] = expressions[choice % expressions.length] as (typeof expressions)[number];
  const read = readObjective({ level, goal: 'minimise', expression });
  if (read.kind === 'refused') throw new Error(`${expression} is refused`);
  return {
    ...base,
    hosts: base.hosts.map((host, place) => ({ ...host, site: place % 2, diskGib: 100 })),
    vms: base.vms.map((vm, place) => ({ ...vm, diskGib: 10 * place, migration: { stateMib: 500, dirtyMbps: 5 } })),
    demands: base.demands.map((demand, place) => ({ ...demand, deviationMbps: place, maxLatencyMs: 40 })),
    resources: base.resources.map((resource, place) => ({ ...resource, deviationMbps: place % 7 })),
    edges: base.edges.map((edge, place) => ({ ...edge, isReserved: place % 3 === 0 })),
    groups: [
      { name: 'pair', kind: 'together', within: 'site', vms: [0, 1] },
      { name: 'spread', kind: 'apart', within: 'host', vms: [2, 3, 4] },
    ],
    ...(seed % 3 === 0 && { confidence: 0.9 }),
    migrationBudget: { seconds: 100, mib: 800 },
    objective: { level, goal: 'minimise', ranks: read.ranks },
  };
}

/** Everything that is kept by differences. */
function told(arrangement: Arrangement) {
  const { excess, beyondWish, unmetMbps, values, migrations, hops, latencyMs } = arrangement.standing();
  return [excess, beyondWish, unmetMbps, ...values, migrations, hops, latencyMs];
}

/** Sums kept by differences differ from new ones by rounding. */
function expectSame(a: number[], b: number[]) {
  expect(a).toHaveLength(b.length);
  for (const [place, value] of a.entries()) expect(Math.abs(value - (b[place] ?? Number.NaN))).toBeLessThan(1e-6);
}

/** The same configuration in an arrangement that has seen nothing else. */
function anew(problem: Problem, { mapping, paths }: ReturnType<Arrangement['save']>) {
  const { arrangement } = emptyArrangement(settingOf(problem));
  arrangement.restore({ mapping, paths });
  return told(arrangement);
}

describe('an arrangement', () => {
  it('is worth the same by differences as anew, whatever was changed, kept and undone', () => {
    let changes = 0;
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(), (seed, choice) => {
        const problem = richProblem(seed, choice);
        const mapping = fitMapping(mapByPairs(graphOf(problem)));
        if ('kind' in mapping) return;
        const { arrangement, routing } = emptyArrangement(settingOf(problem));
        const random = xoroshiro128plus(seed);
        arrange(arrangement, routing, mapping);
        const moves = new Moves(arrangement, routing, random);
        for (let change = 0; change < 30; change++) {
          const before = told(arrangement);
          const isPossible = unit(random) < 0.5 ? moves.reroute() : moves.relocate();
          if (isPossible) arrangement.settle();
          if (isPossible && unit(random) < 0.5) arrangement.keep();
          else {
            arrangement.undo();
            expectSame(told(arrangement), before);
          }
          expectSame(told(arrangement), anew(problem, arrangement.save()));
          changes++;
        }
      }),
      { seed: 5, numRuns: 200 },
    );
    expect(changes).toBeGreaterThan(3000);
  });
});
