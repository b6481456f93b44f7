import { expect, it } from 'vitest';
import { evaluate } from '../../../reconciler/vadapt/evaluate.js';
import { magnitudeOf } from '../../../reconciler/vadapt/magnitude.js';
import { readObjective } from '../../../schema/objective/read-objective.js';
import { fig14SharedWan } from './instances.js';

const drawn = fig14SharedWan();
const mapping = [3, 4, 5, 1];
const paths = drawn.demands.map(({ source, destination }) => [mapping[source] ?? -1, mapping[destination] ?? -1]);

/** By rank. */
function magnitudes(...expressions: string[]): number[] {
  const [expression = '', ...others] = expressions;
  const tieBreaks = others.map((each) => ({ goal: 'minimise' as const, expression: each }));
  const read = readObjective({ level: 'path', goal: 'maximise', expression, tieBreaks });
  if (read.kind === 'refused') throw new Error(read.faults[0]?.summary);
  const problem = { ...drawn, objective: { level: 'path' as const, goal: 'maximise' as const, ranks: read.ranks } };
  const score = evaluate(problem, mapping, paths);
  return expressions.map((_, rank) => magnitudeOf(problem, { mapping, paths, score }, rank));
}

it('is what is added up, signs and constants aside', () => {
  const [room = 0, latency = 0] = magnitudes('sum(bottleneck)', 'sum(pathLatency)');
  expect(room).toBeGreaterThan(1000);
  expect(latency).toBe(6 * 1 + 6 * 20);
  const [weighed, shifted, turned, whole] = magnitudes(
    'sum(bottleneck) - 0.5Mbps / 1ms * sum(pathLatency)',
    'sum(bottleneck) - 0.5Mbps / 1ms * sum(pathLatency) + 1Gbps',
    '-sum(bottleneck) / 2 - 3 * (sum(bottleneck) / 2 - 0 * sum(bottleneck))',
    'min(sum(bottleneck), 10Mbps)',
  );
  expect(weighed).toBeCloseTo(room + latency / 2);
  expect(shifted).toBeCloseTo(room + latency / 2);
  expect(turned).toBeCloseTo(2 * room);
  expect(whole).toBe(10);
});
