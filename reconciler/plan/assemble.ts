import type { Basis, Change, Decision, Plan, Step } from '../../schema/generated/types.js';
import { digest } from '../model/canonical.js';

/** A plan from its parts, with the hash that an apply has to name. */
export function assemble(parts: { basis: Basis; decision: Decision; changes: Change[]; steps: Step[] }): Plan {
  const { basis, decision, changes, steps } = parts;
  const body = { format_version: '1' as const, basis, decision, changes, steps };
  return { ...body, hash: digest(body) };
}

/** Whether a plan's hash is that of everything else in it: a saved plan was not edited. */
export function verifyHash(plan: Plan): boolean {
  const { hash, ...body } = plan;
  return hash === digest(body);
}
