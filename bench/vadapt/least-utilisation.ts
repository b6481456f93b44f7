import { createRequire } from 'node:module';
import type * as highs from 'highs';
import type { ZooGraph } from './zoo-graph.js';

export interface ZooDemand {
  from: number;
  to: number;
  rate: number;
}

/** Its types are those of the CommonJS module. */
const load = createRequire(import.meta.url)('highs') as typeof highs.default.default;

let loaded: ReturnType<typeof load> | null = null;

/**
 * The least utilisation of the most utilised line where demands may split over any paths: a multi-commodity flow with one commodity
 * for each node that sends, solved by HiGHS. No routing over single paths is better. Lines carry `count` in each direction.
 */
export async function leastUtilisation({ nodes, lines }: ZooGraph, demands: readonly ZooDemand[]): Promise<number> {
  loaded ??= load();
  const solver = await loaded;
  const arcs = lines.flatMap(({ a, b, count }) => [
    { from: a, to: b, count },
    { from: b, to: a, count },
  ]);
  const sources = [...new Set(demands.map(({ from }) => from))];
  const rows: string[] = [];
  for (const source of sources) rows.push(...conservation(source, nodes, arcs, demands));
  arcs.forEach(({ count }, arc) => {
    rows.push(` ${sources.map((source) => `f${source}_${arc}`).join(' + ')} - ${count} u <= 0`);
  });
  const { Status, ObjectiveValue } = solver.solve(`Minimize\n u\nSubject To\n${rows.join('\n')}\nEnd`, {
    output_flag: false,
  });
  if (Status !== 'Optimal') throw new Error(`HiGHS ended with ${Status}`);
  return ObjectiveValue;
}

/** What leaves a node less what enters it of one source's flow: minus what is meant for it. */
function conservation(
  source: number,
  nodes: number,
  arcs: readonly { from: number; to: number }[],
  demands: readonly ZooDemand[],
): string[] {
  const terms: string[][] = Array.from({ length: nodes }, () => []);
  arcs.forEach(({ from, to }, arc) => {
    // Nothing comes back to its source.
    if (to === source) return;
    terms[from]?.push(`+ f${source}_${arc}`);
    terms[to]?.push(`- f${source}_${arc}`);
  });
  const wanted = new Array<number>(nodes).fill(0);
  for (const { from, to, rate } of demands) if (from === source) wanted[to] = (wanted[to] as number) + rate;
  return terms.flatMap((each, node) => (node === source ? [] : [` ${each.join(' ')} = ${-(wanted[node] as number)}`]));
}
