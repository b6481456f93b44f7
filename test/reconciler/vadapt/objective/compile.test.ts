import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyColumns } from '../../../../reconciler/vadapt/objective/columns.js';
import { compileObjective } from '../../../../reconciler/vadapt/objective/compile.js';
import type { CompiledObjective, Shape } from '../../../../reconciler/vadapt/objective/compiled-objective.js';
import { evaluateAll, evaluatePath, partValue } from '../../../../reconciler/vadapt/objective/evaluate.js';
import { parse } from '../../../../schema/objective/parse.js';
import { print } from '../../../../schema/objective/print.js';
import { type ObjectiveRank, readObjective } from '../../../../schema/objective/read-objective.js';
import { terms } from '../../../../schema/objective/terms.js';
import { drawFrom, pick } from '../../../generators/draw.js';
import { randomExpression } from '../../../generators/expression.js';
import { interpreted } from './interpreter.js';
import { randomWorld, setRandom, termNames } from './world.js';

const levels = ['edge', 'path'] as const;

function ranksOf(level: 'edge' | 'path', expression: string, ...tieBreaks: string[]): ObjectiveRank[] {
  const spec = { level, goal: 'maximise', expression } as const;
  const read = readObjective({
    ...spec,
    tieBreaks: tieBreaks.map((each) => ({ goal: 'minimise' as const, expression: each })),
  });
  if (read.kind === 'refused') throw new Error(read.faults.map(({ summary }) => summary).join(' '));
  return read.ranks;
}

/** What a shape says that the value is, from what it is computed from. */
function shaped(
  shape: Shape,
  objective: CompiledObjective,
  columns: ReturnType<typeof emptyColumns>,
  row: number,
): number {
  if (shape.kind === 'general') throw new Error('no shape');
  return shape.addends.reduce((sum, { weight, input }) => {
    if (input.kind === 'term') return sum + weight * (columns[input.term][row] as number);
    if (input.kind === 'part') return sum + weight * (objective.partValues[input.place] as number);
    return sum + weight * (objective.pathAggregates[input.place]?.values[row] as number);
  }, shape.constant);
}

/** A random expression that is accepted, with a random configuration. */
function sample(seed: number) {
  const draw = drawFrom(seed);
  const level = pick(draw, levels);
  const text = print(randomExpression(draw, level));
  const read = readObjective({ level, goal: 'maximise', expression: text });
  const world = randomWorld(draw);
  return { draw, level, text, ranks: read.kind === 'objective' ? read.ranks : [], ...world };
}

describe('a compiled objective', () => {
  it('has the values that its expression means, all of them finite and within their range', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { level, text, ranks, rows, columns } = sample(seed);
        const [rank] = ranks;
        if (!rank) return;
        accepted++;
        const objective = compileObjective(ranks, columns, rows.paths);
        evaluateAll(objective, rows);
        const value = objective.ranks[0]?.value() as number;
        const values = Object.fromEntries(termNames.map((term) => [term, [...columns[term]]]));
        // Adding 0 makes one zero of both.
        expect(value + 0).toBe(interpreted(parse(text).syntax, { level, values, rows }) + 0);
        expect(Number.isFinite(value)).toBe(true);
        expect(value).toBeGreaterThanOrEqual(rank.tree.range.low);
        expect(value).toBeLessThanOrEqual(rank.tree.range.high);
      }),
      { seed: 1, numRuns: 20_000 },
    );
    expect(accepted).toBeGreaterThan(10_000);
  });

  it('names the columns it needs and no other', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { ranks, rows, columns, edges } = sample(seed);
        const objective = compileObjective(ranks, columns, rows.paths);
        evaluateAll(objective, rows);
        const counts = { edge: edges, path: rows.paths, host: rows.hosts, vm: rows.vms };
        const needed = emptyColumns(counts, objective.terms);
        for (const term of objective.terms) needed[term].set(columns[term]);
        const again = compileObjective(ranks, needed, rows.paths);
        evaluateAll(again, rows);
        expect(again.ranks[0]?.value()).toBe(objective.ranks[0]?.value());
      }),
      { seed: 2, numRuns: 1000 },
    );
  });

  it('is kept current by differences', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { draw, ranks, rows, columns } = sample(seed);
        const objective = compileObjective(ranks, columns, rows.paths);
        evaluateAll(objective, rows);
        for (const term of termNames) {
          if (terms[term].followsLoad) setRandom(draw, columns, term);
        }
        for (const pathAggregate of objective.pathAggregates) {
          if (!pathAggregate.edge.followsLoad) continue;
          for (let path = 0; path < rows.paths; path++) evaluatePath(pathAggregate, rows, path);
        }
        objective.parts.forEach((part, place) => {
          if (part.row.followsLoad) objective.partValues[place] = partValue(part, rows);
        });
        const kept = objective.ranks[0]?.value();
        evaluateAll(objective, rows);
        expect(kept).toBe(objective.ranks[0]?.value());
      }),
      { seed: 3, numRuns: 2000 },
    );
  });

  it('has the values that its shapes say', () => {
    let shapes = 0;
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { ranks, rows, columns } = sample(seed);
        const objective = compileObjective(ranks, columns, rows.paths);
        evaluateAll(objective, rows);
        const close = (value: number, shape: Shape, row: number) => {
          if (shape.kind === 'general') return;
          shapes++;
          // Rounding is relative to the addends, which may cancel out.
          const scale = shape.addends.reduce(
            (sum, addend) =>
              sum + Math.abs(shaped({ ...shape, constant: 0, addends: [addend] }, objective, columns, row)),
            Math.abs(shape.constant),
          );
          const error = Math.abs(value - shaped(shape, objective, columns, row));
          expect(error).toBeLessThanOrEqual(1e-9 * scale);
        };
        for (const rank of objective.ranks) close(rank.value(), rank.shape, 0);
        for (const { over, row } of objective.parts) {
          if (over === 'path') for (let path = 0; path < rows.paths; path++) close(row.at(path), row.shape, path);
        }
      }),
      { seed: 4, numRuns: 2000 },
    );
    expect(shapes).toBeGreaterThan(1000);
  });
});

describe('the structure of a compiled objective', () => {
  const compiled = (level: 'edge' | 'path', ...expressions: [string, ...string[]]) => {
    const { columns, rows } = randomWorld(drawFrom(5));
    const {
      parts,
      pathAggregates,
      ranks,
      terms: needed,
    } = compileObjective(ranksOf(level, ...expressions), columns, rows.paths);
    return {
      needed,
      pathAggregates: pathAggregates.map(({ aggregator, edge }) => ({ aggregator, ...edge, at: null })),
      parts: parts.map(({ aggregator, over, row }) => ({ aggregator, over, ...row, at: null })),
      ranks: ranks.map(({ shape }) => shape),
    };
  };
  const sumOf = (...addends: object[]) => ({ kind: 'weighted-sum', constant: 0, addends });

  it('is that of equation 2 for the objective at path level', () => {
    expect(compiled('path', 'sum(bottleneck)')).toEqual({
      needed: ['residual'],
      pathAggregates: [
        {
          aggregator: 'min',
          at: null,
          followsLoad: true,
          shape: sumOf({ weight: 1, input: { kind: 'term', term: 'residual' } }),
        },
      ],
      parts: [
        {
          ...{ aggregator: 'sum', over: 'path', at: null, followsLoad: true },
          shape: sumOf({ weight: 1, input: { kind: 'path-aggregate', place: 0 } }),
        },
      ],
      ranks: [sumOf({ weight: 1, input: { kind: 'part', place: 0 } })],
    });
  });

  it('has what ranks share once, and weights in base units', () => {
    const expressions = [
      'sum(min(residual)) - 0.1Mbps / 1s * sum(migration)',
      'sum(bottleneck) / 2Mbps - -(moves)',
    ] as const;
    const { parts, pathAggregates, ranks } = compiled('path', ...expressions);
    expect(pathAggregates).toHaveLength(1);
    expect(parts.map(({ aggregator, over }) => `${aggregator} over ${over}`)).toEqual(['sum over path', 'sum over vm']);
    expect(ranks).toEqual([
      sumOf(
        { weight: 1, input: { kind: 'part', place: 0 } },
        { weight: -0.1 / 1000, input: { kind: 'part', place: 1 } },
      ),
      sumOf({ weight: 0.5, input: { kind: 'part', place: 0 } }, { weight: 1, input: { kind: 'term', term: 'moves' } }),
    ]);
  });

  it('is general where it is no weighted sum', () => {
    expect(compiled('path', 'max(hostsUsed, mean(pathLatency) / max(hostsUsed, 1) / 1ms)').ranks).toEqual([
      { kind: 'general' },
    ]);
    expect(compiled('edge', 'sum(max(0, residual - 5Mbps))').parts[0]?.shape).toEqual({ kind: 'general' });
  });

  it('aggregates edges to the configuration at edge level, but bottlenecks to paths', () => {
    const { parts, pathAggregates } = compiled('edge', 'sum(residual) + sum(bottleneck)');
    expect(parts.map(({ over }) => over)).toEqual(['edge', 'path']);
    expect(pathAggregates).toHaveLength(1);
  });
});
