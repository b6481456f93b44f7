import type { RecentMove } from '../../schema/generated/types.js';
import { journeys } from '../model/recent-moves.js';
import type { Snapshot } from '../model/snapshot.js';
import { leftToOthers } from './left-to-others.js';
import { suspendedIn } from './suspended.js';

type History = Pick<Snapshot, 'nowMs' | 'moves' | 'foreign' | 'limits' | 'suspended'> & {
  adaptation: Pick<Snapshot['adaptation'], 'cooldownMs' | 'returns'>;
};

/** Why a VM stays where it is for now, unless it has to leave. */
export interface Hold {
  vm: string;
  /** `cooldown`: it was moved a moment ago; `to-and-fro`: it went back too often; `limit`: a ChangeLimit allows no more moves of it; `others`: they move it again and again; `quarantine`: what it was moved for was taken back; `suspended`: its owner wants it left. */
  kind: 'cooldown' | 'to-and-fro' | 'limit' | 'others' | 'quarantine' | 'suspended';
  /** Infinite: until the next commit. */
  untilMs: number;
}

/** What migrations of late mean for the next ones. */
export interface Holds {
  /** By VM: the hold that lasts longest. */
  staying: Map<string, Hold>;
  /** By VM: hosts that it left not long ago, to which it does not go back for the minimum gain alone. */
  left: Map<string, Set<string>>;
}

const hourMs = 3600e3;

export function holdsOf(history: History): Holds {
  const { nowMs, moves, adaptation } = history;
  const { windowMs } = adaptation.returns;
  const recent = journeys(moves).filter(({ atMs }) => nowMs - atMs < windowMs);
  const staying = new Map<string, Hold>();
  for (const hold of [
    ...cooldowns(history),
    ...toAndFro(history, recent),
    ...limited(history),
    ...inOtherHands(history),
    ...[...suspendedIn(history).vms].map((vm): Hold => ({ vm, kind: 'suspended', untilMs: Number.POSITIVE_INFINITY })),
  ]) {
    const known = staying.get(hold.vm);
    if (hold.untilMs > nowMs && (known === undefined || known.untilMs < hold.untilMs)) staying.set(hold.vm, hold);
  }
  const left = new Map<string, Set<string>>();
  for (const { vm, from } of recent) left.set(vm, (left.get(vm) ?? new Set()).add(from));
  return { staying, left };
}

function cooldowns({ moves, adaptation }: History): Hold[] {
  return moves.map(({ vm, atMs }) => ({ vm, kind: 'cooldown', untilMs: atMs + adaptation.cooldownMs }));
}

/** VMs that went back as often as is allowed, until the oldest of these returns is forgotten. */
function toAndFro({ adaptation: { returns } }: History, recent: readonly RecentMove[]): Hold[] {
  return [...byVm(returnsIn(recent))].flatMap(([vm, back]): Hold[] => {
    const oldest = back.at(-returns.most);
    return oldest === undefined ? [] : [{ vm, kind: 'to-and-fro', untilMs: oldest.atMs + returns.windowMs }];
  });
}

/** Moves to a host that the VM had left before. */
export function returnsIn(recent: readonly RecentMove[]): RecentMove[] {
  return recent.filter((move, place) =>
    recent.slice(0, place).some(({ vm, from }) => vm === move.vm && from === move.to),
  );
}

/** VMs that have moved as often in an hour as a ChangeLimit allows. */
function limited({ nowMs, moves, limits }: History): Hold[] {
  const allowed = Math.min(...limits.map(({ spec }) => spec.maxMovesOfVmPerHour ?? Number.POSITIVE_INFINITY));
  if (allowed === Number.POSITIVE_INFINITY) return [];
  return [...byVm(moves.filter(({ atMs }) => nowMs - atMs < hourMs))].flatMap(([vm, made]): Hold[] => {
    const oldest = made.at(-allowed);
    return oldest === undefined ? [] : [{ vm, kind: 'limit', untilMs: oldest.atMs + hourMs }];
  });
}

/** VMs that others have moved once more than they were moved back. */
function inOtherHands({ foreign }: History): Hold[] {
  return [...leftToOthers(foreign)].flatMap((object): Hold[] => {
    const [, vm] = /^vm\/(.+)$/.exec(object) ?? [];
    return vm === undefined ? [] : [{ vm, kind: 'others', untilMs: Number.POSITIVE_INFINITY }];
  });
}

/** How many more migrations the hour allows; null: as many as are wanted. */
export function movesLeft({ nowMs, moves, limits }: Pick<Snapshot, 'nowMs' | 'moves' | 'limits'>): number | null {
  const allowed = Math.min(...limits.map(({ spec }) => spec.maxMovesPerHour ?? Number.POSITIVE_INFINITY));
  if (allowed === Number.POSITIVE_INFINITY) return null;
  return Math.max(0, allowed - moves.filter(({ atMs }) => nowMs - atMs < hourMs).length);
}

/** How many more VMs each share of an hour lets move. One that has moved in it already may do so again: that is rather too few. */
export function movesLeftOfShare(
  { nowMs, moves, limits }: Pick<Snapshot, 'nowMs' | 'moves' | 'limits'>,
  running: number,
): number[] {
  const moved = new Set(moves.filter(({ atMs }) => nowMs - atMs < hourMs).map(({ vm }) => vm)).size;
  return limits.flatMap(({ spec: { maxMovedSharePerHour: share } }) =>
    share === undefined ? [] : [Math.max(0, Math.floor(share * running + 1e-9) - moved)],
  );
}

function byVm(moves: readonly RecentMove[]): Map<string, RecentMove[]> {
  const found = new Map<string, RecentMove[]>();
  for (const move of moves) found.set(move.vm, [...(found.get(move.vm) ?? []), move]);
  return found;
}
