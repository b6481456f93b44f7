import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Columns, emptyColumns } from '../../../../reconciler/vadapt/objective/columns.js';
import { compileObjective } from '../../../../reconciler/vadapt/objective/compile.js';
import { evaluateAll } from '../../../../reconciler/vadapt/objective/evaluate.js';
import { readObjective } from '../../../../schema/objective/read-objective.js';
import { validateFiles } from '../../../../schema/validate/validate-files.js';
import { termNames } from './world.js';

const page = readFileSync(new URL('../../../../docs/objectives.md', import.meta.url), 'utf8');

/** Two demands: one over edges 0 and 1, one within a host, which is edge 2. Two hosts, three VMs; one of them moves. */
const rows = {
  ...{ pathEdges: Int32Array.of(0, 1, 2), firstEdge: Int32Array.of(0, 2, 3) },
  ...{ usedEdges: Int32Array.of(0, 1), usedEdgeCount: 2 },
  ...{ paths: 2, hosts: 2, vms: 3 },
};

function columns(): Columns {
  const made = emptyColumns({ edge: 3, path: 2, host: 2, vm: 3 }, termNames);
  made.residual.set([40, 100, 1000]);
  made.utilisation.set([0.6, 0.375, 0.02]);
  made.latency.set([5, 10, 0]);
  made.demand.set([60, 20]);
  made.hops.set([2, 0]);
  made.computeUse.set([0.5, 0.25]);
  made.memoryUse.set([0.5, 0.5]);
  made.migration.set([4000, 0, 0]);
  made.moves.set([1]);
  made.hostsUsed.set([2]);
  return made;
}

/** Worked out by hand. */
const values: Record<string, number> = {
  'sum(bottleneck)': 40 + 1000,
  'sum(residual)': 40 + 100,
  'sum(demand * bottleneck) / 1Gbps': (60 * 40 + 20 * 1000) / 1000,
  'min(bottleneck)': 40,
  'mean(min(1, bottleneck / max(demand, 1kbps)))': (40 / 60 + 1) / 2,
  'sum(demand * pathLatency)': 60 * 15,
  'max(pathLatency)': 15,
  'sum(bottleneck) - 0.5Mbps / 1ms * sum(pathLatency) - 1Mbps / 1s * sum(migration)': 1040 - 0.5 * 15 - 4,
  'max(utilisation)': 0.6,
  'deviation(computeUse) + deviation(memoryUse)': 0.125,
  'hostsUsed + 0.01 * moves': 2.01,
};

const examples = [...page.matchAll(/^\| [^|]+ \| `(edge|path)` \| (maximise|minimise) \| `([^`]+)` \|$/gm)].map(
  ([, level, goal, expression]) =>
    ({ level, goal, expression }) as Parameters<typeof readObjective>[0] & { expression: string },
);

describe('the page on objectives', () => {
  it('has the examples whose values are known', () => {
    expect(examples.map(({ expression }) => expression).sort()).toEqual(Object.keys(values).sort());
  });

  it.each(examples)('has an example $expression with the value that it means', (spec) => {
    const read = readObjective(spec);
    expect(read.kind).toBe('objective');
    const objective = compileObjective(read.kind === 'objective' ? read.ranks : [], columns(), rows.paths);
    evaluateAll(objective, rows);
    expect(objective.ranks[0]?.value()).toBeCloseTo(values[spec.expression] as number, 9);
  });

  it('has a document that is valid, and one that is refused as it says', () => {
    const [, valid = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    const validated = (text: string) => validateFiles([{ path: 'desired/objective.yaml', text }]).diagnostics;
    expect(valid).toContain('kind: Objective');
    expect(validated(valid)).toEqual([]);
    const [, wrong = '', said = ''] = /```\n( {2}expression[\s\S]*?)```[\s\S]*?```\n([\s\S]*?)```/.exec(page) ?? [];
    const found = validated(valid.slice(0, valid.indexOf('  expression')) + wrong).flatMap(
      ({ id, summary, detail, range }) => [
        `${range.filename}:${range.start.line}:${range.start.column}: error ${id}: ${summary}`,
        `    ${detail.replace(/(`capacity`,).*/, '$1 ...')}`,
      ],
    );
    expect(said.trimEnd().split('\n')).toEqual(found);
  });
});
