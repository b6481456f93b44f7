import type { Rule, Step, VmSchedule } from '../../schema/generated/types.js';
import { emptyHost, type FleetState, ruleName } from '../model/fleet-state.js';
import { type Trace, trace } from '../model/trace.js';
import { Draft } from './draft.js';
import { addResizes, addStarts, addStops, type GuestWork, guestWork } from './guests.js';
import { addLinks, dropLinks, dropNetworks, joinNetworks } from './links.js';
import { addMoves } from './moves.js';
import { type PairRules, pairRules } from './pair-rules.js';
import type { LinkEnds } from './realise.js';
import { byAddress, type Resident, residents } from './residents.js';
import type { HostRoom } from './room.js';
import { type Admit, releaseSchedules, setSchedules, shrinkSchedules } from './schedules.js';
import { Sequence } from './sequence.js';
import { repairStars, starsOf } from './star-repair.js';
import { type PairRoute, switchPairs } from './switch-pairs.js';
import { type Unsafe, unsafe } from './unsafe.js';

export interface OrderInput {
  current: FleetState;
  target: FleetState;
  /** Hosts that guests may be moved to. */
  hosts: readonly HostRoom[];
  /** Hosts that cannot be told anything now. */
  silent: ReadonlySet<string>;
  linkEnds: LinkEnds;
  /** Whether a VM may be parked on a host while others change places. */
  mayRun: (guest: string, host: string) => boolean;
  admit: Admit;
  /** Networks that stay as they are, damage and all; left out: none. */
  still?: ReadonlySet<string>;
}

/**
 * Brings `current` to `target` in steps that are safe each for itself: make before break. Whatever `current` is, between any two
 * steps, and with only part of a step's hosts done, no pair of VMs is in a loop that it was not in before, and a pair that is
 * delivered before and after stays delivered; the exception is a VM in flight, during its own step. Why: `repairStars` for the
 * star, `switchPairs` for fast paths; in between, a VM that moves, starts or stops rides the star alone.
 *
 * A loop that only a missing link kept open does not count as new: it may show between the link's return and the repair of the
 * tables, for pairs that were not delivered. While a network's tree of group frames changes (another Proxy, damage), broadcasts may
 * reach fewer VMs, but never one twice. A change of a link's addresses or of a VNI interrupts what uses it.
 *
 * No host is asked to keep more than it can: schedules are admitted before their VM comes and taken back when it is gone, those that
 * shrink make room first, and those that grow wait until moves have made room.
 *
 * Silent hosts are not touched. Where that makes the plan impossible or cuts a pair off, it is refused here or by the guard.
 */
export function order(input: OrderInput): { kind: 'ordered'; steps: Step[] } | Unsafe {
  const { current, target, silent } = input;
  const misplaced = refuseMisplaced(current, target);
  if (misplaced) return misplaced;
  const located = residents(current, target);
  const work = guestWork(current, target, located);
  const sequence = new Sequence(current, silent);
  const stars = starsOf(target, located, silent).filter(({ network }) => !input.still?.has(network));
  const proxies = new Map(stars.map((star) => [star.network, star.proxy]));
  joinNetworks(sequence, target);
  const noLink = addLinks(sequence, target, stars, input.linkEnds);
  if (noLink) return noLink;
  repairStars(sequence, target, stars, located);
  switchPairs(sequence, withdrawals(sequence.state, work, located));
  addStops(sequence, work, proxies);
  addResizes(sequence, work.resizes, 'shrink');
  releaseSchedules(sequence, target, new Set(work.moves.map(({ guest }) => guest.name)));
  shrinkSchedules(sequence, target);
  const rooms = new Map(input.hosts.filter((host) => !silent.has(host.name)).map((host) => [host.name, host]));
  const noRoom = addMoves(sequence, work.moves, {
    rooms,
    mayRun: input.mayRun,
    proxies,
    schedules: schedulesIn(target),
    admit: input.admit,
  });
  if (noRoom) return noRoom;
  setSchedules(sequence, target);
  addStarts(sequence, work.starts, proxies);
  addResizes(sequence, work.resizes, 'grow');
  switchPairs(sequence, installations(sequence.state, target, input.still));
  removeLeftovers(sequence, target);
  dropLinks(sequence, target);
  dropNetworks(sequence, target);
  return { kind: 'ordered', steps: sequence.steps };
}

/** Every schedule, by VM. */
function schedulesIn(state: FleetState): Map<string, VmSchedule> {
  return new Map([...state.values()].flatMap(({ schedules }) => [...schedules]));
}

/** Pairs with rules of their own go back to the star when an end of them moves, starts or stops. */
function withdrawals(state: FleetState, work: GuestWork, located: ReadonlyMap<string, Resident>): PairRoute[] {
  const restless = new Set([
    ...work.moves.map((move) => move.guest.name),
    ...[...work.starts, ...work.stops].map((each) => each.name),
  ]);
  const at = byAddress(located);
  const routes: PairRoute[] = [];
  for (const pair of pairRules(state).values()) {
    const ends = endsOf(at, pair);
    if (ends && !restless.has(ends.from.name) && !restless.has(ends.to.name)) continue;
    // Traced as from `any`, a frame meets the star's rules alone.
    const way = ends && trace(state, pair.network, ends.from.host, 'any', pair.destination);
    routes.push(routeOf(pair, ends, way, new Map()));
  }
  return routes;
}

/** Every pair with rules of its own, as it is or as it shall be, goes on its way in `target`. */
function installations(state: FleetState, target: FleetState, still?: ReadonlySet<string>): PairRoute[] {
  const at = byAddress(residents(target));
  const wanted = pairRules(target);
  const pairs = [...new Map([...pairRules(state), ...wanted])].sort(([a], [b]) => (a < b ? -1 : 1));
  const open = pairs.filter(([, { network }]) => !still?.has(network));
  return open.map(([name, pair]) => {
    const ends = endsOf(at, pair);
    const way = ends && trace(target, pair.network, ends.from.host, pair.source, pair.destination);
    return routeOf(pair, ends, way, wanted.get(name)?.rules ?? new Map());
  });
}

type Ends = { from: Resident; to: Resident } | null;

function endsOf(at: ReadonlyMap<string, Resident>, { network, source, destination }: PairRules): Ends {
  const from = at.get(`${network} ${source}`);
  const to = at.get(`${network} ${destination}`);
  return from && to ? { from, to } : null;
}

function routeOf(pair: PairRules, ends: Ends, way: Trace | null, rules: ReadonlyMap<string, Rule>): PairRoute {
  const { network, source, destination } = pair;
  const title = ends ? `${ends.from.name} -> ${ends.to.name}` : `${source} -> ${destination}`;
  return { network, source, destination, title, hosts: way?.kind === 'delivered' ? way.hosts : [], rules };
}

/** Everything that is still different: rules that nobody meets any more. */
function removeLeftovers(sequence: Sequence, target: FleetState): void {
  const draft = new Draft();
  for (const [host, config] of sequence.state) {
    if (sequence.silent.has(host)) continue;
    const wanted = target.get(host) ?? emptyHost();
    const stale = [...config.rules.values()].filter((rule) => !wanted.rules.has(ruleName(rule)));
    const keys = stale.map(({ network, source, destination }) => ({ network, source, destination }));
    draft.on(host).removeRules.push(...keys);
    draft.on(host).setRules.push(...wanted.rules.values());
  }
  sequence.add('unroute', 'Remove rules that are no longer used', draft.edits());
}

/** A VM must end on one host. */
function refuseMisplaced(current: FleetState, target: FleetState): Unsafe | null {
  const homes = new Map<string, string[]>();
  for (const [host, config] of target) {
    for (const guest of config.guests.keys()) homes.set(guest, [...(homes.get(guest) ?? []), host]);
  }
  const doubled = [...homes].filter(
    ([guest, hosts]) => hosts.length > 1 && hosts.some((host) => !current.get(host)?.guests.has(guest)),
  );
  const [first] = doubled;
  if (!first) return null;
  const [guest, hosts] = first;
  const message = `VM ${guest} would be on ${hosts.sort().join(' and ')} at once: a host that is silent cannot be told to let it go. Wait for the host, or remove it from the inventory if it is lost.`;
  return unsafe('placement', message, doubled.length);
}
