import type { Infeasible, Problem } from '../../model/problem.js';
import { type Constraint, Constraints } from './constraints.js';
import { findMapping } from './find-mapping.js';
import { minimise, type Verdict } from './minimise.js';
import { overfull } from './overfull.js';
import { wordingOf } from './wording.js';

/** Steps of the first search, and of all searches that make the explanation smaller. */
const searchSteps = 200_000;
const minimiseSteps = 3_000_000;
/** Steps of each of these. */
const verdictSteps = 50_000;

/** Whether it is clear without search that no mapping keeps the hard constraints. */
export function isOverfull(problem: Problem): boolean {
  return overfull(new Constraints(problem).rules, [...problem.vms.keys()]) !== null;
}

/** A mapping that keeps every hard constraint; or why there is none, as far as the search could tell. */
export function mappingOrWhyNot(problem: Problem, steps = searchSteps): number[] | Infeasible {
  const constraints = new Constraints(problem);
  const all = problem.vms.map((_, vm) => vm);
  const { rules } = constraints;
  const proof = overfull(rules, all);
  if (proof === null) {
    const found = findMapping(rules, all, steps);
    if (found.kind === 'mapping') return Array.from(found.mapping);
    if (found.kind === 'gave-up') return unknown(problem, steps);
  }
  const about = proof === null ? constraints.all : constraints.about(proof.vms, proof.hosts);
  return explained(problem, constraints, about, all);
}

/**
 * A least set of constraints that no mapping keeps, and the VMs that cannot be placed under them: without any one of these, there would
 * be a mapping. For a problem that has a mapping after all, the explanation says so.
 */
export function explainInfeasible(problem: Problem, steps = searchSteps): Infeasible {
  const found = mappingOrWhyNot(problem, steps);
  if ('kind' in found) return found;
  const message =
    'No mapping was found, but there is one: let the search take more iterations, or start from what is running.';
  return { kind: 'infeasible', vms: [], constraints: [], isMinimal: false, message };
}

function unknown({ vms, hosts }: Problem, steps: number): Infeasible {
  const message =
    `No mapping of ${vms.length} VMs on ${hosts.length} hosts was found in ${steps} steps, and no proof that there is none. ` +
    'Give hosts more room, or let VMs run on more of them.';
  return { kind: 'infeasible', vms: [], constraints: [], isMinimal: false, message };
}

function explained(
  problem: Problem,
  constraints: Constraints,
  about: readonly Constraint[],
  all: readonly number[],
): Infeasible {
  let left = minimiseSteps;
  const verdict = (kept: readonly Constraint[], vms: readonly number[]): Verdict => {
    if (left <= 0) return 'unknown';
    const { kind, steps } = findMapping(constraints.rulesOf(kept), vms, Math.min(verdictSteps, left));
    left -= steps + problem.hosts.length + vms.length;
    return kind === 'none' ? 'fails' : kind === 'mapping' ? 'holds' : 'unknown';
  };
  const fewest = minimise(about, (kept) => verdict(kept, all));
  const vms = minimise(all, (some) => verdict(fewest.left, some));
  const isMinimal = fewest.isMinimal && vms.isMinimal;
  return {
    kind: 'infeasible',
    vms: vms.left.map((vm) => problem.vms[vm]?.name ?? ''),
    constraints: fewest.left.map((each) => constraints.nameOf(each)),
    isMinimal,
    message: wordingOf(problem, fewest.left, vms.left, isMinimal),
  };
}
