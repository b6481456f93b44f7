import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FleetState } from '../../../reconciler/model/fleet-state.js';
import { diff } from '../../../reconciler/plan/diff.js';
import { order } from '../../../reconciler/plan/order.js';
import { realise } from '../../../reconciler/plan/realise.js';
import { stateDigest } from '../../../reconciler/plan/state-digest.js';
import type { Edit } from '../../../schema/generated/types.js';
import { drawFrom } from '../../generators/draw.js';
import { type FleetPair, type FleetSize, fleetOf, fleetPair, fleetSizes, orderInput } from '../../generators/fleet.js';
import { requireFates, requireLans, type Watch, walk } from './walk.js';
import { broadcasts, dangling, fates, homes, lanFates } from './watch.js';

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

function touchesGroup({ setRules, removeRules, addLinks, removeLinks }: Edit): boolean {
  const rules = [...(setRules ?? []), ...(removeRules ?? [])];
  return rules.some((rule) => rule.destination === 'group') || addLinks !== undefined || removeLinks !== undefined;
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
  const [firstLans, lastLans] = [lanFates(pair.current), lanFates(pair.target)];
  const steady = steadyBroadcasts(pair);
  const none = new Set<string>();
  const within: Watch['within'] = (state, edit, inFlight) => {
    requireFates(state, pair.target, first, last, inFlight);
    requireLans(state, pair.target, firstLans, lastLans, inFlight);
    if (edit.addGuests || edit.removeGuests) {
      requireHomes(state, pair.current, pair.target, inFlight);
      requireRoom(state, pair);
    }
    if (touchesGroup(edit)) requireBroadcasts(state, none, inFlight);
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

describe('the order of a plan', () => {
  // 10,000 pairs of configurations in all; each block counts those that were not refused for want of room to swap.
  for (const block of [1, 2, 3, 4]) {
    it(`keeps every pair delivered, loop-free and on one host at every moment, block ${block}`, () => {
      let walked = 0;
      fc.assert(
        fc.property(fleetSizes, (size) => {
          if (healthyPlan(size)) walked += 1;
        }),
        { seed: block, numRuns: 2600 },
      );
      expect(walked).toBeGreaterThanOrEqual(2500);
    }, 240_000);
  }
});
