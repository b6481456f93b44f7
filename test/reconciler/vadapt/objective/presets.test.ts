import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrangementOf, worthOf } from '../../../../reconciler/vadapt/evaluate.js';
import { emptyColumns } from '../../../../reconciler/vadapt/objective/columns.js';
import { compileObjective } from '../../../../reconciler/vadapt/objective/compile.js';
import { evaluateAll, type Rows } from '../../../../reconciler/vadapt/objective/evaluate.js';
import { readObjective } from '../../../../schema/objective/read-objective.js';
import { fig14SharedWan, randomProblem } from '../instances.js';
import { type Configuration, randomConfiguration } from '../random-configuration.js';

/** The value of the objective without an expression: each host is also an edge to itself, and what is missing has no capacity. */
function presetValue(level: 'edge' | 'path', { problem, mapping, paths }: Configuration): number {
  const read = readObjective({ level, goal: 'maximise' });
  if (read.kind === 'refused') throw new Error('a preset is wrong');
  const traffic = arrangementOf(problem, { mapping, paths }).paths;
  const { edges, hosts, resources, demands, vms } = problem;
  const missing = edges.length + hosts.length;
  const columns = emptyColumns({ edge: missing + 1, path: demands.length, host: hosts.length, vm: vms.length }, [
    'residual',
  ]);
  edges.forEach((_, edge) => {
    columns.residual[edge] = Math.max(0, traffic.residualMbps(edge));
  });
  hosts.forEach(({ internal }, host) => {
    const left = (resources[internal]?.capacityMbps as number) - (traffic.loadMbps[internal] as number);
    columns.residual[edges.length + host] = Math.max(0, left);
  });
  const placeOf = (from: number, to: number) => {
    const place = edges.findIndex((edge) => edge.from === from && edge.to === to);
    return place < 0 ? missing : place;
  };
  const edgesOf = (path: number[]) =>
    path.length === 1
      ? [edges.length + (path[0] as number)]
      : path.slice(1).map((to, hop) => placeOf(path[hop] as number, to));
  // A path that misses an edge loads nothing, and its other edges are not in use.
  const lists = paths.map(edgesOf).map((list) => (list.includes(missing) ? [missing] : list));
  const firstEdge = [0];
  for (const list of lists) firstEdge.push((firstEdge.at(-1) as number) + list.length);
  const used = [...new Set(lists.flat())].filter((edge) => edge < edges.length);
  const rows: Rows = {
    ...{ pathEdges: Int32Array.from(lists.flat()), firstEdge: Int32Array.from(firstEdge) },
    ...{ usedEdges: Int32Array.from(used), usedEdgeCount: used.length },
    ...{ paths: paths.length, hosts: hosts.length, vms: vms.length },
  };
  const objective = compileObjective(read.ranks, columns, paths.length);
  evaluateAll(objective, rows);
  return objective.ranks[0]?.value() as number;
}

describe('an objective without an expression', () => {
  it('has exactly the value of the level that the solver computes', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom('edge' as const, 'path' as const), (seed, level) => {
        const shape = { hosts: 5, vms: 4, demands: 8, objective: { level, goal: 'maximise' as const } };
        const configuration = randomConfiguration(seed, randomProblem(seed, shape));
        const { problem, mapping, paths } = configuration;
        expect(presetValue(level, configuration)).toBe(worthOf(problem, { mapping, paths }).score.values[0]);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it('has it for figure 14 and a star', () => {
    const problem = fig14SharedWan();
    const mapping = [3, 4, 5, 1];
    const paths = problem.demands.map(({ source, destination }) => [
      mapping[source] as number,
      mapping[destination] as number,
    ]);
    for (const level of ['edge', 'path'] as const) {
      const levelled = { ...problem, objective: { level, goal: 'maximise' as const } };
      const value = presetValue(level, { problem: levelled, mapping, paths });
      expect(value).toBe(worthOf(levelled, { mapping, paths }).score.values[0]);
      expect(value).toBeGreaterThan(0);
    }
  });
});
