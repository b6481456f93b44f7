import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PlacementProblem, SolveLink } from '../../schema/generated/types.js';
import type { Figure } from '../figure.js';
import { dataFolder, withoutData } from './data-folder.js';
import { drawFrom } from './draw.js';
import { judgedFor } from './judged.js';
import { leastUtilisation, type ZooDemand } from './least-utilisation.js';
import { readZooGraph, type ZooGraph } from './zoo-graph.js';

/** Nodes with traffic, at most; fewer in graphs with many nodes, where the linear program grows large. */
const mostSenders = 64;
const fewSenders = 24;
const manyNodes = 400;
const lineMbps = 10_000;
/** Demands are scaled so that this is the least utilisation, were they to split. */
const utilisation = 0.6;

/** Between nodes drawn from a seed, in proportion to the product of weights drawn for them. */
export function gravityDemands({ nodes }: ZooGraph, seed: number): ZooDemand[] {
  const draw = drawFrom(seed);
  const order = Array.from({ length: nodes }, (_, node) => ({ node, key: draw.share() }));
  order.sort((a, b) => a.key - b.key);
  const senders = order.slice(0, nodes > manyNodes ? fewSenders : mostSenders).map(({ node }) => ({
    node,
    weight: Math.exp(1.5 * (draw.share() + draw.share() + draw.share() - 1.5)),
  }));
  return senders.flatMap((a) =>
    senders.flatMap((b) => (a === b ? [] : [{ from: a.node, to: b.node, rate: a.weight * b.weight }])),
  );
}

/** Routing alone: every VM is pinned to its node, and the most utilised link is to be as little utilised as can be. */
export function routingProblem(
  name: string,
  { nodes, lines }: ZooGraph,
  demands: readonly ZooDemand[],
): PlacementProblem {
  const links = lines.flatMap(({ a, b, count }): SolveLink[] => [
    { from: `n${a}`, to: `n${b}`, capacityMbps: lineMbps * count, latencyMs: 1 },
    { from: `n${b}`, to: `n${a}`, capacityMbps: lineMbps * count, latencyMs: 1 },
  ]);
  const senders = [...new Set(demands.map(({ from }) => from))];
  return {
    format_version: '1',
    name,
    hosts: Array.from({ length: nodes }, (_, node) => ({ name: `n${node}` })),
    vms: senders.map((node) => ({ name: `v${node}`, host: `n${node}`, pin: `n${node}` })),
    demands: demands.map(({ from, to, rate }) => ({ from: `v${from}`, to: `v${to}`, rateMbps: rate })),
    network: { links },
    objective: { level: 'edge', goal: 'minimise', expression: 'max(utilisation)' },
  };
}

/** Single paths against the linear program that may split demands, on operators' networks. */
export async function zooFigures(isQuick: boolean): Promise<Figure[]> {
  const folder = dataFolder('topology-zoo');
  if (folder === null) return withoutData('topology-zoo');
  const figures: Figure[] = [];
  let near = 0;
  const files = readdirSync(folder).filter((file) => file.endsWith('.graphml'));
  for (const file of files.sort()) {
    const name = file.replace('.graphml', '');
    const graph = readZooGraph(join(folder, file));
    const drawn = gravityDemands(graph, 1);
    const scale = (utilisation * lineMbps) / (await leastUtilisation(graph, drawn));
    const demands = drawn.map((demand) => ({ ...demand, rate: demand.rate * scale }));
    const { answer, seconds } = await judgedFor(routingProblem(name, graph, demands), isQuick ? 2 : 10);
    const above = answer.unmetMbps > 1e-6 ? 1 : (answer.objective[0]?.value ?? 1) / utilisation - 1;
    if (above <= 0.01) near++;
    figures.push({
      name: `topology-zoo ${name}: ${graph.nodes} nodes, ${demands.length} demands, ${seconds.toFixed(1)} s, ${answer.iterations} iterations: above the linear program`,
      value: 100 * above,
      unit: '%',
      target: '',
      ok: true,
    });
  }
  const target = Math.ceil((7 / 9) * files.length);
  return [
    ...figures,
    {
      ...{ name: `topology-zoo: networks within 1 % of the linear program, of ${files.length}`, value: near, unit: '' },
      ...{ target: `>= ${target}`, ok: near >= target },
    },
  ];
}
