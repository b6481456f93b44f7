import type { Checked } from '../../../schema/objective/checked.js';
import { terms } from '../../../schema/objective/terms.js';
import type { Leaf } from '../objective/tree.js';

/** A path of one edge, where no capacity binds. */
interface DirectPath {
  demandMbps: number;
  latencyMs: number;
  /** 1, or 0 inside a host. */
  hops: number;
  unmetMbps: number;
}

/** Capacities that never bind are as large as terms may be. */
export const boundlessMbps = terms.capacity.range.high;

/**
 * What a demand adds to an objective: `inside` with both VMs on one host, and otherwise `outside` plus `perMs` for each ms of latency, plus
 * `late` if the latency is over its limit.
 */
export interface PathPrice {
  inside: number;
  outside: number;
  perMs: number;
  late: number;
}

/** The price of a demand by the value `tree` has for its path; only where the value is linear in latency. */
export function pathPrice(tree: Checked, demandMbps: number): PathPrice {
  const at = (latencyMs: number, hops: number, unmetMbps: number) =>
    valueFor(tree, { demandMbps, latencyMs, hops, unmetMbps });
  const outside = at(0, 1, 0);
  return { inside: at(0, 0, 0), outside, perMs: at(1, 1, 0) - outside, late: at(0, 1, demandMbps) - outside };
}

/**
 * Whether the value of a path is linear in its latency and in what is unmet, which are all that follows from where VMs are, but for
 * whether they are on one host. Load is none of it.
 */
export function isLinearInLatency(tree: Checked): boolean {
  switch (tree.kind) {
    case 'constant':
      return true;
    case 'term':
      return tree.term !== 'load';
    case 'negation':
      return isLinearInLatency(tree.operand);
    case 'aggregate':
      return isLinearInLatency(tree.operand) && (tree.aggregator !== 'deviation' || !varies(tree.operand));
    case 'function':
      return tree.args.every((arg) => isLinearInLatency(arg) && !varies(arg));
    case 'operation': {
      if (!isLinearInLatency(tree.left) || !isLinearInLatency(tree.right)) return false;
      if (tree.operator === '*') return !varies(tree.left) || !varies(tree.right);
      return tree.operator !== '/' || !varies(tree.right);
    }
  }
}

/** Whether a value follows latency. */
function varies(tree: Checked): boolean {
  switch (tree.kind) {
    case 'constant':
      return false;
    case 'term':
      return tree.term === 'latency' || tree.term === 'unmet';
    case 'negation':
    case 'aggregate':
      return varies(tree.operand);
    case 'function':
      return tree.args.some(varies);
    case 'operation':
      return varies(tree.left) || varies(tree.right);
  }
}

function valueFor(tree: Checked, path: DirectPath): number {
  switch (tree.kind) {
    case 'constant':
      return tree.value;
    case 'negation':
      return -valueFor(tree.operand, path);
    case 'term':
      return termOf(tree.term, path);
    case 'aggregate':
      // Over the one edge of the path.
      return tree.aggregator === 'deviation' ? 0 : valueFor(tree.operand, path);
    case 'function': {
      const values = tree.args.map((arg) => valueFor(arg, path));
      if (tree.name === 'abs') return Math.abs(values[0] as number);
      return tree.name === 'min' ? Math.min(...values) : Math.max(...values);
    }
    case 'operation': {
      const [left, right] = [valueFor(tree.left, path), valueFor(tree.right, path)];
      if (tree.operator === '+') return left + right;
      if (tree.operator === '-') return left - right;
      return tree.operator === '*' ? left * right : left / right;
    }
  }
}

function termOf(term: (Leaf & { kind: 'term' })['term'], path: DirectPath): number {
  switch (term) {
    case 'demand':
      return path.demandMbps;
    case 'latency':
      return path.latencyMs;
    case 'hops':
      return path.hops;
    case 'unmet':
      return path.unmetMbps;
    case 'residual':
    case 'capacity':
      return boundlessMbps;
    default:
      return 0;
  }
}
