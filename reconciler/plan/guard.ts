import type { FleetState } from '../model/fleet-state.js';
import { breachedLimit, type LimitedPlan } from './change-limits.js';
import { forbiddenLink, type LinkLaw } from './forbidden-links.js';
import { replay } from './replay.js';
import type { Unsafe } from './unsafe.js';

export interface GuardInput extends LimitedPlan {
  target: FleetState;
  /** Hosts that cannot be told anything now. */
  silent: ReadonlySet<string>;
  /** What may link which hosts; left out: no policy says anything. */
  law?: LinkLaw;
}

/** A plan that may be carried out; `exceeded`: once somebody has approved it, as it is above a limit that asks for that. */
export interface Safe {
  kind: 'safe';
  exceeded?: Unsafe;
}

/**
 * The last look at a plan: it must keep every ChangeLimit and every LinkPolicy, and its steps are played through once more,
 * independently of the reasons for their order. The first breach is the answer.
 */
export function guard(input: GuardInput): Safe | Unsafe {
  const { current, target, steps, silent, law } = input;
  const refused =
    breachedLimit(input, 'refuse') ??
    (law ? forbiddenLink(law, target, steps, silent) : null) ??
    replay(current, target, steps, silent);
  if (refused) return refused;
  const exceeded = breachedLimit(input, 'approval');
  return exceeded ? { kind: 'safe', exceeded } : { kind: 'safe' };
}
