import type { Rows } from '../../../../reconciler/vadapt/objective/evaluate.js';
import type { Syntax } from '../../../../schema/objective/syntax.js';
import { type Level, terms } from '../../../../schema/objective/terms.js';
import { unitNames } from '../../../../schema/objective/units.js';

// The meaning of expressions, written from the definitions alone: it walks what was parsed and shares nothing with the compiler.

export type Values = Record<string, readonly number[]>;

interface World {
  level: 'edge' | 'path';
  values: Values;
  rows: Rows;
}

export function interpreted(syntax: Syntax, world: World): number {
  return meaning(syntax, world, 0);
}

function meaning(syntax: Syntax, world: World, row: number): number {
  switch (syntax.kind) {
    case 'number':
      return syntax.unit === null ? syntax.value : syntax.value * unitNames[syntax.unit].factor;
    case 'name':
      return named(syntax.name, world, row);
    case 'negation':
      return -meaning(syntax.operand, world, row);
    case 'operation': {
      const [left, right] = [meaning(syntax.left, world, row), meaning(syntax.right, world, row)];
      return { '+': left + right, '-': left - right, '*': left * right, '/': left / right }[syntax.operator];
    }
    case 'call': {
      const [first, second] = syntax.args;
      if (syntax.name === 'abs') return Math.abs(meaning(first as Syntax, world, row));
      if (second === undefined) return aggregated(syntax.name, first as Syntax, world, row);
      const args = syntax.args.map((arg) => meaning(arg, world, row));
      return syntax.name === 'min' ? Math.min(...args) : Math.max(...args);
    }
    case 'refused':
      throw new Error('refused');
  }
}

function named(name: string, world: World, row: number): number {
  const edges = edgesOf(world, row);
  if (name === 'bottleneck') return Math.min(...edges.map((edge) => world.values.residual?.[edge] as number));
  if (name === 'pathLatency') return edges.reduce((sum, edge) => sum + (world.values.latency?.[edge] as number), 0);
  return world.values[name]?.[row] as number;
}

function edgesOf({ rows }: World, path: number): number[] {
  return [...rows.pathEdges.slice(rows.firstEdge[path], rows.firstEdge[path + 1])];
}

function levelOf(syntax: Syntax, world: World): Level | null {
  switch (syntax.kind) {
    case 'number':
    case 'refused':
      return null;
    case 'name':
      return terms[syntax.name as keyof typeof terms]?.level ?? 'path';
    case 'negation':
      return levelOf(syntax.operand, world);
    case 'operation':
      return levelOf(syntax.left, world) ?? levelOf(syntax.right, world);
    case 'call': {
      const inner = syntax.args.map((arg) => levelOf(arg, world)).find((level) => level !== null) ?? null;
      if (syntax.name === 'abs' || syntax.args.length > 1) return inner;
      return inner === 'edge' && world.level === 'path' ? 'path' : 'whole';
    }
  }
}

function aggregated(name: string, operand: Syntax, world: World, row: number): number {
  const { rows } = world;
  const upTo = (count: number) => Array.from({ length: count }, (_, each) => each);
  const over = {
    edge: () => (world.level === 'path' ? edgesOf(world, row) : [...rows.usedEdges.slice(0, rows.usedEdgeCount)]),
    path: () => upTo(rows.paths),
    host: () => upTo(rows.hosts),
    vm: () => upTo(rows.vms),
  }[levelOf(operand, world) as Exclude<Level, 'whole'>]();
  const values = over.map((each) => meaning(operand, world, each));
  if (values.length === 0) return name === 'product' ? 1 : 0;
  const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
  const mean = sum(values) / values.length;
  const results: Record<string, () => number> = {
    sum: () => sum(values),
    min: () => Math.min(...values),
    max: () => Math.max(...values),
    mean: () => mean,
    deviation: () => Math.sqrt(sum(values.map((value) => (value - mean) * (value - mean))) / values.length),
    product: () => values.reduce((a, b) => a * b, 1),
  };
  return (results[name] as () => number)();
}
