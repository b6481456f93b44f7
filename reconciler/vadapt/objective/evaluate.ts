import { aggregate } from './aggregate.js';
import type { CompiledObjective, Part, PathAggregate } from './compiled-objective.js';

/** The rows of a configuration. Arrays may be longer than what is used of them. */
export interface Rows {
  /** Edges of all paths in one list: those of path p from `firstEdge[p]` to before `firstEdge[p + 1]`, at least one each. */
  pathEdges: Int32Array;
  firstEdge: Int32Array;
  /** Edges that any path uses, each once. */
  usedEdges: Int32Array;
  usedEdgeCount: number;
  paths: number;
  hosts: number;
  vms: number;
}

/** Computes every path aggregate, then every part, from the columns; then the ranks have their values. */
export function evaluateAll(objective: CompiledObjective, rows: Rows): void {
  for (const pathAggregate of objective.pathAggregates) {
    for (let path = 0; path < rows.paths; path++) evaluatePath(pathAggregate, rows, path);
  }
  for (let place = 0; place < objective.parts.length; place++) {
    objective.partValues[place] = partValue(objective.parts[place] as Part, rows);
  }
}

/** Computes the aggregate of one path: after it took other edges, or where it follows load, after the load of one changed. */
export function evaluatePath({ aggregator, edge, values }: PathAggregate, rows: Rows, path: number): void {
  const first = rows.firstEdge[path] as number;
  const end = rows.firstEdge[path + 1] as number;
  values[path] = aggregate(aggregator, edge.at, rows.pathEdges, first, end);
}

/** The value of a part, from all of its rows. */
export function partValue({ over, aggregator, row }: Part, rows: Rows): number {
  switch (over) {
    case 'edge':
      return aggregate(aggregator, row.at, rows.usedEdges, 0, rows.usedEdgeCount);
    case 'path':
      return aggregate(aggregator, row.at, null, 0, rows.paths);
    case 'host':
      return aggregate(aggregator, row.at, null, 0, rows.hosts);
    case 'vm':
      return aggregate(aggregator, row.at, null, 0, rows.vms);
  }
}
