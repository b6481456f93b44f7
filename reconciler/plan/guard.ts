import type { Change, Step } from '../../schema/generated/types.js';
import type { FleetState } from '../model/fleet-state.js';
import type { Snapshot } from '../model/snapshot.js';
import { replay } from './replay.js';
import { residents } from './residents.js';
import type { Unsafe } from './unsafe.js';

export interface GuardInput {
  current: FleetState;
  target: FleetState;
  changes: readonly Change[];
  steps: readonly Step[];
  limits: Snapshot['limits'];
  /** Hosts that cannot be told anything now. */
  silent: ReadonlySet<string>;
}

/** Holds when no ChangeLimit was written. */
const unwritten = [{ name: null, spec: { maxDeletedShare: 0.5 } }];

/**
 * The last look at a plan: it must keep every ChangeLimit, and its steps are played through once more, independently of the
 * reasons for their order. The first breach is the answer.
 */
export function guard(input: GuardInput): { kind: 'safe' } | Unsafe {
  return breachedLimit(input) ?? replay(input.current, input.target, input.steps, input.silent) ?? { kind: 'safe' };
}

function breachedLimit({ current, changes, steps, limits }: GuardInput): Unsafe | null {
  const running = residents(current).size;
  const named = (kind: Change['kind']) =>
    new Set(changes.flatMap((each) => (each.kind === kind && 'guest' in each ? [each.guest] : [])));
  const moved = named('guest-move').size;
  const stopped = named('guest-stop').size;
  const moves = steps.filter((step) => step.kind === 'move').length;
  for (const { name, spec } of limits.length > 0 ? limits : unwritten) {
    const breach =
      shareBreach('maxMovedShare', 'move', moved, running, spec) ??
      shareBreach('maxDeletedShare', 'stop', stopped, running, spec) ??
      countBreach(moves, spec);
    if (breach) return { ...breach, name, message: `${owner(name)} ${breach.message}` };
  }
  return null;
}

type Limits = Snapshot['limits'][number]['spec'];
type ShareLimit = 'maxMovedShare' | 'maxDeletedShare';

function shareBreach(limit: ShareLimit, verb: string, count: number, running: number, spec: Limits): Unsafe | null {
  const allowed = spec[limit];
  const actual = running === 0 ? 0 : count / running;
  if (allowed === undefined || actual <= allowed) return null;
  const message =
    `allows to ${verb} ${percent(allowed)} of the running VMs in one pass; this plan would ${verb} ${count} of ${running} ` +
    `(${percent(actual)}). If that is wanted, raise ${limit} in a ChangeLimit; otherwise make the change in smaller parts.`;
  return { kind: 'unsafe', limit, name: null, actual, allowed, message };
}

function countBreach(actual: number, { maxMoves: allowed }: Limits): Unsafe | null {
  if (allowed === undefined || actual <= allowed) return null;
  const message =
    `allows ${allowed} migrations in one pass; this plan needs ${actual}. If that is wanted, raise maxMoves; otherwise make the ` +
    'change in smaller parts.';
  return { kind: 'unsafe', limit: 'maxMoves', name: null, actual, allowed, message };
}

const owner = (name: string | null) => (name === null ? 'Without a ChangeLimit, the default' : `ChangeLimit ${name}`);

const percent = (share: number) => `${Math.round(share * 1000) / 10} %`;
