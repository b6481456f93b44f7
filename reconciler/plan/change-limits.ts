import type { Change, RecentChange, RecentMove, Step } from '../../schema/generated/types.js';
import { linkName } from '../model/configuration.js';
import type { FleetState } from '../model/fleet-state.js';
import { reroutedLinks, stoppedVms } from '../model/recent-changes.js';
import type { Snapshot } from '../model/snapshot.js';
import { residents } from './residents.js';
import type { Unsafe } from './unsafe.js';

/** A plan, and what was changed before it, as far as limits look at that. */
export interface LimitedPlan {
  current: FleetState;
  changes: readonly Change[];
  steps: readonly Step[];
  limits: Snapshot['limits'];
  /** Migrations of late. */
  moves: readonly RecentMove[];
  /** Stopped VMs and re-routed links of late; left out: none. */
  recent?: readonly RecentChange[];
  nowMs: number;
}

const hourMs = 3600e3;

type Written = { name: string | null; spec: Snapshot['limits'][number]['spec'] };

/** Holds when no ChangeLimit was written. */
const unwritten: Written[] = [{ name: null, spec: { maxDeletedShare: 0.5 } }];

/** The first limit that a plan is above, of those that refuse such plans, or of those that have them wait for an approval. */
export function breachedLimit(plan: LimitedPlan, whenExceeded: 'refuse' | 'approval'): Unsafe | null {
  const written: readonly Written[] = plan.limits.length > 0 ? plan.limits : unwritten;
  const asked = written.filter(({ spec }) => (spec.whenExceeded ?? 'refuse') === whenExceeded);
  if (asked.length === 0) return null;
  const counts = countsOf(plan);
  for (const { name, spec } of asked) {
    const breach =
      shares.map((limit) => shareBreach(limit, counts[limit], spec)).find((found) => found !== null) ??
      Object.keys(within)
        .map((limit) => countBreach(limit as CountLimit, counts[limit as CountLimit], spec))
        .find((found) => found !== null);
    if (breach) return { ...breach, name, message: `${owner(name)} ${breach.message}` };
  }
  return null;
}

type Limits = Snapshot['limits'][number]['spec'];

const shares = [
  'maxMovedShare',
  'maxDeletedShare',
  'maxReroutedShare',
  'maxMovedSharePerHour',
  'maxDeletedSharePerHour',
  'maxReroutedSharePerHour',
] as const;
type ShareLimit = (typeof shares)[number];

/** `part` of `whole`; nothing is above a limit to which a plan adds nothing. */
interface Part {
  part: number;
  whole: number;
}

type Counts = Record<ShareLimit, Part> & Record<CountLimit, number>;

function countsOf({ current, changes, steps, moves: before, recent = [], nowMs }: LimitedPlan): Counts {
  const isLately = ({ atMs }: { atMs: number }) => nowMs - atMs < hourMs;
  const lately = before.filter(isLately).map(({ vm }) => vm);
  const earlier = (kind: RecentChange['kind']) =>
    recent.filter((each) => each.kind === kind && isLately(each)).map(({ object }) => object);
  const running = new Set(residents(current).keys());
  const moved = new Set(changes.flatMap((each) => (each.kind === 'guest-move' ? [each.guest] : [])));
  const stopped = stoppedVms(changes);
  const links = linksIn(current);
  const rerouted = reroutedLinks(changes);
  const moves = migrations(steps);
  const hourly = (now: ReadonlySet<string>, past: readonly string[], all: ReadonlySet<string>): Part =>
    now.size === 0 ? { part: 0, whole: 0 } : { part: new Set([...now, ...past]).size, whole: all.size };
  return {
    maxMovedShare: { part: moved.size, whole: running.size },
    maxDeletedShare: { part: stopped.size, whole: running.size },
    maxReroutedShare: { part: rerouted.size, whole: links.size },
    maxMovedSharePerHour: hourly(
      moved,
      lately.filter((vm) => running.has(vm)),
      running,
    ),
    maxDeletedSharePerHour: hourly(stopped, earlier('stop'), new Set([...running, ...earlier('stop')])),
    maxReroutedSharePerHour: hourly(rerouted, earlier('reroute'), new Set([...links, ...earlier('reroute')])),
    maxMoves: moves.length,
    maxMovesPerHour: moves.length === 0 ? 0 : lately.length + moves.length,
    maxMovesOfVmPerHour: mostOfOne(moves, lately),
  };
}

function linksIn(state: FleetState): Set<string> {
  return new Set([...state].flatMap(([host, { links }]) => [...links.keys()].map((peer) => linkName(host, peer))));
}

const vms = 'running VMs';
const ofShare: Record<ShareLimit, { does: string; of: string; span: 'in one pass' | 'in an hour' }> = {
  maxMovedShare: { does: 'move', of: vms, span: 'in one pass' },
  maxDeletedShare: { does: 'stop', of: vms, span: 'in one pass' },
  maxReroutedShare: { does: 're-route', of: 'overlay links', span: 'in one pass' },
  maxMovedSharePerHour: { does: 'move', of: vms, span: 'in an hour' },
  maxDeletedSharePerHour: { does: 'stop', of: vms, span: 'in an hour' },
  maxReroutedSharePerHour: { does: 're-route', of: 'overlay links', span: 'in an hour' },
};

function shareBreach(limit: ShareLimit, { part, whole }: Part, spec: Limits): Unsafe | null {
  const allowed = spec[limit];
  const actual = whole === 0 ? 0 : part / whole;
  if (allowed === undefined || actual <= allowed) return null;
  const { does, of, span } = ofShare[limit];
  const isHourly = span === 'in an hour';
  const would = isHourly
    ? `with this plan it would be ${part} of ${whole}`
    : `this plan would ${does} ${part} of ${whole}`;
  const otherwise = isHourly ? 'wait until the hour is over' : 'make the change in smaller parts';
  const message =
    `allows to ${does} ${percent(allowed)} of the ${of} ${span}; ${would} (${percent(actual)}). ` +
    `If that is wanted, raise ${limit} in a ChangeLimit; otherwise ${otherwise}.`;
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
