import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../../reconciler/model/problem.js';
import { boundOf } from '../../../../reconciler/vadapt/bounds/bound-of.js';
import { prove } from '../../../../reconciler/vadapt/exact/prove.js';
import type { Objective } from '../../../../schema/generated/types.js';
import { readObjective } from '../../../../schema/objective/read-objective.js';
import { bestOfAll } from '../exact/all-configurations.js';
import { constrainedProblem, objectives } from '../exact/constrained-problems.js';
import { fig14IndependentEdges, fig14SharedWan, randomProblem } from '../instances.js';

const cases = Math.ceil(Number(process.env.VIRTUOSO_VADAPT_CASES ?? 2000) / 10);

/** Objectives for which there is no reference: the proof is one, since it tries all configurations. */
const expressions: Objective['spec'][] = [
  { level: 'path', goal: 'maximise', expression: 'min(bottleneck)' },
  { level: 'path', goal: 'maximise', expression: 'sum(demand * bottleneck) / 1Gbps' },
  { level: 'path', goal: 'minimise', expression: 'max(pathLatency)' },
  { level: 'path', goal: 'maximise', expression: 'mean(min(1, bottleneck / max(demand, 1kbps)))' },
  { level: 'path', goal: 'maximise', expression: 'sum(bottleneck) - 0.5Mbps / 1ms * sum(pathLatency)' },
  { level: 'edge', goal: 'minimise', expression: 'max(utilisation)' },
  { level: 'edge', goal: 'maximise', expression: 'sum(residual) - 1Mbps / 1ms * sum(latency)' },
  { level: 'edge', goal: 'maximise', expression: 'min(residual)' },
  { level: 'edge', goal: 'minimise', expression: 'max(-latency)' },
  { level: 'path', goal: 'minimise', expression: 'hostsUsed + 0.01 * moves + abs(sum(hops) - 3)' },
  { level: 'path', goal: 'minimise', expression: 'deviation(computeUse) + fastPathLinks' },
];

function objectiveOf(spec: Objective['spec']): Problem['objective'] {
  const read = readObjective(spec);
  if (read.kind === 'refused') throw new Error(JSON.stringify(read.faults));
  return { level: spec.level, goal: spec.goal, ranks: read.ranks };
}

describe('no configuration is better than the bound', () => {
  it('under every kind of constraint', () => {
    for (let seed = 1; seed <= cases; seed++) {
      const problem = constrainedProblem(seed, seed);
      const best = bestOfAll(problem, seed);
      if (best === null) continue;
      const bound = boundOf(problem);
      const text = `seed ${seed}: ${JSON.stringify({ best, bound })}`;
      expect(best.unmetMbps, text).toBeGreaterThan(bound.unmetMbps - 1e-6);
      const sign = objectives[seed % objectives.length]?.goal === 'maximise' ? 1 : -1;
      expect(sign * (bound.value - (best.values[0] as number)), text).toBeGreaterThan(-1e-6);
    }
  });

  it('in expressions', () => {
    for (let seed = 1; seed <= cases; seed++) {
      const spec = expressions[seed % expressions.length] as Objective['spec'];
      const problem = { ...constrainedProblem(seed, 0), objective: objectiveOf(spec) };
      const proof = prove(problem, { steps: 2e5 });
      if ('kind' in proof || proof.best === null) continue;
      const bound = boundOf(problem);
      const sign = spec.goal === 'maximise' ? 1 : -1;
      const text = `seed ${seed}, ${spec.expression}: ${JSON.stringify({ best: proof.best, bound })}`;
      expect(sign * (bound.value - (proof.best.values[0] as number)), text).toBeGreaterThan(-1e-6);
      expect(Number.isFinite(bound.value), text).toBe(true);
    }
  });

  it('where hosts have many links for many demands', () => {
    for (let seed = 1; seed <= cases / 5; seed++) {
      const problem = randomProblem(seed, { hosts: 5, vms: 4, demands: 6 });
      const proof = prove(problem, { steps: 2e6 });
      if ('kind' in proof || proof.best === null) continue;
      const { unmetMbps, value } = boundOf(problem);
      expect(proof.best.unmetMbps, `seed ${seed}`).toBeGreaterThan(unmetMbps - 1e-6);
      expect(proof.best.values[0], `seed ${seed}`).toBeLessThan(value + 1e-6);
    }
  });
});

describe('the bound', () => {
  it('counts what the interface of a host carries of all demands of a VM', () => {
    // Each alone would find 995 or 950; six heavy and six light ones share three interfaces.
    const alone = fig14SharedWan().demands.reduce((sum, { rateMbps }) => sum + 1000 - rateMbps, 0);
    expect(alone).toBe(11670);
    expect(boundOf(fig14SharedWan()).value).toBeLessThan(0.92 * alone);
  });

  it('counts that only so many VMs fit where links are wide', () => {
    const { value } = boundOf(fig14IndependentEdges());
    const alone = fig14IndependentEdges().demands.reduce((sum, { rateMbps }) => sum + 1000 - rateMbps, 0);
    expect(value).toBeLessThan(0.9 * alone);
    expect(value).toBeGreaterThanOrEqual(5730);
  });
});
