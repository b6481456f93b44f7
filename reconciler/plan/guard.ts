import type { Change, RecentMove, Step } from '../../schema/generated/types.js';
import type { FleetState } from '../model/fleet-state.js';
import type { Snapshot } from '../model/snapshot.js';
import { forbiddenLink, type LinkLaw } from './forbidden-links.js';
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
  /** Migrations of late. */
  moves: readonly RecentMove[];
  nowMs: number;
  /** What may link which hosts; left out: no policy says anything. */
  law?: LinkLaw;
}

const hourMs = 3600e3;

/** Holds when no ChangeLimit was written. */
const unwritten = [{ name: null, spec: { maxDeletedShare: 0.5 } }];

/**
 * The last look at a plan: it must keep every ChangeLimit and every LinkPolicy, and its steps are played through once more, independently of the
 * reasons for their order. The first breach is the answer.
 */
export function guard(input: GuardInput): { kind: 'safe' } | Unsafe {
  const { current, target, steps, silent, law } = input;
  return (
    breachedLimit(input) ??
    (law ? forbiddenLink(law, target, steps, silent) : null) ??
    replay(current, target, steps, silent) ?? { kind: 'safe' }
  );
}

function breachedLimit({ current, changes, steps, limits, moves: before, nowMs }: GuardInput): Unsafe | null {
  const running = residents(current).size;
  const named = (kind: Change['kind']) =>
    new Set(changes.flatMap((each) => (each.kind === kind && 'guest' in each ? [each.guest] : [])));
  const moved = named('guest-move').size;
  const stopped = named('guest-stop').size;
  const moves = migrations(steps);
  const lately = before.filter(({ atMs }) => nowMs - atMs < hourMs).map(({ vm }) => vm);
  for (const { name, spec } of limits.length > 0 ? limits : unwritten) {
    const breach =
      shareBreach('maxMovedShare', 'move', moved, running, spec) ??
      shareBreach('maxDeletedShare', 'stop', stopped, running, spec) ??
      countBreach('maxMoves', moves.length, spec) ??
      countBreach('maxMovesPerHour', moves.length === 0 ? 0 : lately.length + moves.length, spec) ??
      countBreach('maxMovesOfVmPerHour', mostOfOne(moves, lately), spec);
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

type CountLimit = 'maxMoves' | 'maxMovesPerHour' | 'maxMovesOfVmPerHour';

const within: Record<CountLimit, string> = {
  maxMoves: 'migrations in one pass; this plan needs',
  maxMovesPerHour: 'migrations in an hour; with this plan there would be',
  maxMovesOfVmPerHour: 'migrations of a VM in an hour; with this plan there would be',
};

function countBreach(limit: CountLimit, actual: number, spec: Limits): Unsafe | null {
  const allowed = spec[limit];
  if (allowed === undefined || actual <= allowed) return null;
  const otherwise = limit === 'maxMoves' ? 'make the change in smaller parts' : 'wait until the hour is over';
  const message = `allows ${allowed} ${within[limit]} ${actual}. If that is wanted, raise ${limit}; otherwise ${otherwise}.`;
  return { kind: 'unsafe', limit, name: null, actual, allowed, message };
}

/** The VM of each migration; one that is parked on its way migrates twice. */
function migrations(steps: readonly Step[]): string[] {
  return steps.flatMap(({ kind, edits }) =>
    kind === 'move' ? edits.flatMap(({ removeGuests = [] }) => removeGuests.map(({ guest }) => guest)) : [],
  );
}

/** Of the VMs that would move, most migrations of one. */
function mostOfOne(moves: readonly string[], lately: readonly string[]): number {
  const all = [...lately, ...moves];
  return Math.max(0, ...moves.map((vm) => all.filter((other) => other === vm).length));
}

const owner = (name: string | null) => (name === null ? 'Without a ChangeLimit, the default' : `ChangeLimit ${name}`);

const percent = (share: number) => `${Math.round(share * 1000) / 10} %`;
