import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance, type FleetState } from '../../../reconciler/model/fleet-state.js';
import { diff } from '../../../reconciler/plan/diff.js';
import { order } from '../../../reconciler/plan/order.js';
import { realise } from '../../../reconciler/plan/realise.js';
import { stateDigest } from '../../../reconciler/plan/state-digest.js';
import type { Edit, Step } from '../../../schema/generated/types.js';
import { damaged, halfApplied } from '../../generators/damage.js';
import { type Draw, drawFrom, shuffled } from '../../generators/draw.js';
import { type FleetPair, type FleetSize, fleetOf, fleetPair, orderInput } from '../../generators/fleet.js';
import { broadcasts, dangling, type Fate, fates, homes } from './watch.js';

const sizes = fc.record({
  seed: fc.integer(),
  hosts: fc.integer({ min: 2, max: 8 }),
  vms: fc.integer({ min: 1, max: 8 }),
});

/** Checks every state on the way against the first and the last. Throws on the first breach. */
interface Watch {
  /** After an edit of a step that moves `inFlight`. */
  within(state: FleetState, inFlight: ReadonlySet<string>): void;
  /** Between two steps. */
  between(state: FleetState): void;
}

function walk(current: FleetState, steps: readonly Step[], watch: Watch, draw: Draw): FleetState {
  let state = current;
  for (const step of steps) {
    const inFlight = new Set(step.kind === 'move' ? step.edits.flatMap(guestsOf) : []);
    // Hosts converge in any order, except that a migration's new host is told first.
    if (step.kind !== 'move' && step.edits.length > 1)
      follow(state, shuffled(draw, step.edits), (each) => watch.within(each, inFlight));
    state = follow(state, step.edits, (each) => watch.within(each, inFlight));
    watch.between(state);
  }
  return state;
}

function follow(state: FleetState, edits: readonly Edit[], seen: (state: FleetState) => void): FleetState {
  return edits.reduce((now, edit) => {
    const next = advance(now, edit);
    seen(next);
    return next;
  }, state);
}

const guestsOf = (edit: Edit) => (edit.addGuests ?? []).flatMap((guest) => [guest.name, guest.mac]);

function requireFates(
  state: FleetState,
  first: Map<string, Fate>,
  last: Map<string, Fate>,
  inFlight: ReadonlySet<string>,
) {
  for (const [pair, fate] of fates(state, state)) {
    const [, source = '', destination = ''] = pair.split(' ');
    if (inFlight.has(source) || inFlight.has(destination)) continue;
    if (fate === 'loop' && first.get(pair) !== 'loop') throw new Error(`new loop: ${pair}`);
    if (fate !== 'delivered' && first.get(pair) === 'delivered' && last.get(pair) === 'delivered') {
      throw new Error(`cut off: ${pair} ${fate}`);
    }
  }
}

function requireHomes(state: FleetState, first: FleetState, last: FleetState, inFlight: ReadonlySet<string>) {
  const now = homes(state);
  for (const guest of homes(first).keys()) {
    const count = now.get(guest)?.length ?? 0;
    const stays = homes(last).has(guest);
    if (count > (inFlight.has(guest) ? 2 : 1)) throw new Error(`${guest} is on ${count} hosts`);
    if (count === 0 && stays && !recreated(guest, first, last)) throw new Error(`${guest} is nowhere`);
  }
}

function recreated(guest: string, first: FleetState, last: FleetState): boolean {
  const spec = (state: FleetState) => [...state.values()].find((config) => config.guests.has(guest))?.guests.get(guest);
  return spec(first)?.mac !== spec(last)?.mac;
}

/** Broadcasts that arrive before and after, on networks that keep their Proxy. */
function steadyBroadcasts(pair: FleetPair): ReadonlySet<string> {
  const last = broadcasts(pair.target);
  const steady = new Set(
    pair.after.networks
      .filter((network) => pair.before.networks.some((old) => old.name === network.name && old.proxy === network.proxy))
      .map((network) => network.name),
  );
  const arriving = [...broadcasts(pair.current)].filter(([key, count]) => count === 1 && last.get(key) === 1);
  return new Set(arriving.map(([key]) => key).filter((key) => steady.has(key.split(' ')[0] ?? '')));
}

function requireBroadcasts(state: FleetState, required: ReadonlySet<string>, inFlight: ReadonlySet<string>) {
  for (const [key, count] of broadcasts(state)) {
    const [, source = '', destination = ''] = key.split(' ');
    if (inFlight.has(source) || inFlight.has(destination)) continue;
    const most = source === destination ? 0 : 1;
    if (count === null || count > most) throw new Error(`broadcast ${key} arrives ${count ?? 'for ever'}`);
    if (count === 0 && required.has(key)) throw new Error(`broadcast ${key} is lost`);
  }
}

function requireRoom(state: FleetState, pair: FleetPair) {
  for (const { name, computeCores, memoryMib, maxGuests } of pair.rooms) {
    const guests = [...(state.get(name)?.guests.values() ?? [])];
    const cores = guests.reduce((sum, guest) => sum + guest.computeCores, 0);
    const memory = guests.reduce((sum, guest) => sum + guest.memoryMib, 0);
    if (cores > computeCores || memory > memoryMib || guests.length > (maxGuests ?? Number.POSITIVE_INFINITY)) {
      throw new Error(`${name} is overfull`);
    }
  }
}

/** Walks one random plan and checks all that is promised for a fleet in good order. False when there is no room to swap. */
function healthyPlan(size: FleetSize): boolean {
  const pair = fleetPair(size);
  const ordered = order(orderInput(pair));
  if (ordered.kind === 'unsafe') {
    expect(ordered.limit).toBe('room');
    return false;
  }
  const first = fates(pair.current);
  const last = fates(pair.target);
  const steady = steadyBroadcasts(pair);
  const none = new Set<string>();
  const within = (state: FleetState, inFlight: ReadonlySet<string>) => {
    requireFates(state, first, last, inFlight);
    requireHomes(state, pair.current, pair.target, inFlight);
    requireBroadcasts(state, none, inFlight);
    requireRoom(state, pair);
  };
  const between = (state: FleetState) => {
    requireHomes(state, pair.current, pair.target, none);
    requireBroadcasts(state, steady, none);
    if (dangling(state).length > 0) throw new Error(`rules lead nowhere: ${dangling(state).join('; ')}`);
  };
  const end = walk(pair.current, ordered.steps, { within, between }, drawFrom(size.seed));
  expect(stateDigest(end)).toBe(stateDigest(pair.target));
  const again = realise(fleetOf(pair.after, end), pair.after.configuration);
  expect(diff(end, again, () => 0)).toEqual([]);
  const second = order({ ...orderInput(pair, end), target: again });
  expect(second).toEqual({ kind: 'ordered', steps: [] });
  expect(diff(pair.current, pair.target, () => 0).length > 0).toBe(ordered.steps.length > 0);
  return true;
}

/** What becomes of frames at first; a loop that only a missing link keeps open is one that the tables already have. */
function knownFates(current: FleetState, steps: readonly Step[], target: FleetState): Map<string, Fate> {
  const linked = steps.filter((step) => step.kind === 'link-up').flatMap((step) => step.edits);
  const latent = fates(linked.reduce(advance, current), target);
  return new Map(
    [...fates(current, target)].map(([pair, fate]) => [pair, latent.get(pair) === 'loop' ? 'loop' : fate]),
  );
}

describe('the order of a plan', () => {
  // 10,000 pairs of configurations in all; each block counts those that were not refused for want of room to swap.
  for (const block of [1, 2, 3, 4]) {
    it(`keeps every pair delivered, loop-free and on one host at every moment, block ${block}`, () => {
      let walked = 0;
      fc.assert(
        fc.property(sizes, (size) => {
          if (healthyPlan(size)) walked += 1;
        }),
        { seed: block, numRuns: 2600 },
      );
      expect(walked).toBeGreaterThanOrEqual(2500);
    }, 240_000);
  }

  it('keeps delivered pairs delivered and makes no loop from whatever tables and links it finds', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 12 }), fc.boolean(), (size, count, half) => {
        const pair = fleetPair(size);
        const whole = order(orderInput(pair));
        const start =
          half && whole.kind === 'ordered' ? halfApplied(pair.current, whole.steps, size.seed) : pair.current;
        const current = damaged(start, size.seed + 1, count);
        const input = orderInput(pair, current);
        const ordered = order(input);
        if (ordered.kind === 'unsafe') {
          expect(ordered.limit).toBe('room');
          return;
        }
        const first = knownFates(current, ordered.steps, input.target);
        const last = fates(input.target);
        const within = (state: FleetState, inFlight: ReadonlySet<string>) => requireFates(state, first, last, inFlight);
        const between = () => undefined;
        const end = walk(current, ordered.steps, { within, between }, drawFrom(size.seed));
        expect(stateDigest(end)).toBe(stateDigest(input.target));
      }),
      { seed: 5, numRuns: 2000 },
    );
  }, 240_000);

  it('goes on from wherever a plan was cut off', () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const pair = fleetPair(size);
        const whole = order(orderInput(pair));
        if (whole.kind === 'unsafe') return;
        const current = halfApplied(pair.current, whole.steps, size.seed);
        const input = orderInput(pair, current);
        const rest = order(input);
        if (rest.kind === 'unsafe') throw new Error(rest.message);
        const first = fates(current, input.target);
        const last = fates(input.target);
        const within = (state: FleetState, inFlight: ReadonlySet<string>) => requireFates(state, first, last, inFlight);
        const end = walk(current, rest.steps, { within, between: () => undefined }, drawFrom(size.seed));
        expect(stateDigest(end)).toBe(stateDigest(pair.target));
      }),
      { seed: 6, numRuns: 1000 },
    );
  }, 240_000);
});
