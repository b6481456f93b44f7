import type { Problem } from '../reconciler/model/problem.js';
import { solve } from '../reconciler/vadapt/solve.js';
import type { Before } from '../schema/generated/types.js';

/** Enough to route some hundred demands well. */
const iterations = 2000;

/** What there would be if every VM stayed where it runs, with paths chosen anew; null if one runs nowhere, or must not stay. */
export function standsNow(problem: Problem, seed: number): Before | null {
  const staying = problem.vms.map((vm) => ({ ...vm, allowed: vm.allowed.filter((host) => host === vm.current) }));
  if (staying.some(({ allowed }) => allowed.length === 0)) return null;
  const found = solve({ ...problem, vms: staying }, { algorithm: 'engine', seed, iterations });
  return 'kind' in found ? null : { unmetMbps: found.score.unmetMbps, values: found.values };
}
