import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { converge } from '../../agents/converge.js';
import { EmulatedFleet } from '../../agents/emulated/emulated-fleet.js';
import { look } from '../../agents/look.js';
import { converged } from '../../reconciler/converged.js';
import { hostState } from '../../reconciler/host-state.js';
import { advance, emptyHost, type FleetState } from '../../reconciler/model/fleet-state.js';
import { diff } from '../../reconciler/plan/diff.js';
import { order } from '../../reconciler/plan/order.js';
import { residents } from '../../reconciler/plan/residents.js';
import { sameMachine } from '../../reconciler/plan/sequence.js';
import type { Edit, Step } from '../../schema/generated/types.js';
import { flatUnderlay } from '../agents/emulated/fleets.js';
import { drawFrom, shuffled } from '../generators/draw.js';
import { type FleetPair, type FleetSize, fleetPair, orderInput } from '../generators/fleet.js';
import { FleetWatch, type WatchedVm } from './fleet-watch.js';
import { wrappedSubstrate } from './wrapped-substrate.js';

/** Brings one host to what it shall be after an edit, part by part as an agent does. Throws if anything cannot be done. */
async function applyEdit(fleet: EmulatedFleet, state: FleetState, edit: Edit, changed: () => void): Promise<void> {
  const wanted = {
    ...hostState(edit, state.get(edit.host) ?? emptyHost(), { samplingIntervalMs: 1000, keepAliveMs: 1000 }),
    generation: 1,
  };
  const substrate = wrappedSubstrate(fleet.substrate(edit.host), {
    read: (task) => task(),
    change: async (task) => {
      const result = await task();
      changed();
      return result;
    },
  });
  const faults = await converge(substrate, wanted);
  if (faults.length > 0) throw new Error(`${edit.host}: ${faults.map(({ message }) => message).join(' ')}`);
}

/** An emulated fleet that is what `state` says. */
async function fleetAt(pair: FleetPair): Promise<EmulatedFleet> {
  const fleet = new EmulatedFleet({ ...flatUnderlay(pair.rooms.length), nowMs: () => 0 });
  for (const host of pair.current.keys()) await applyEdit(fleet, pair.current, { host }, () => undefined);
  return fleet;
}

function watched({ current, target }: FleetPair): WatchedVm[] {
  const [before, after] = [residents(current), residents(target)];
  return [...new Map([...before, ...after])].map(([name, { spec }]) => ({
    name,
    network: spec.network,
    lasting: sameMachine(before.get(name)?.spec, after.get(name)?.spec),
  }));
}

/** Every edit of every step, looked at each time that anything may have changed. Hosts converge in any order, except for a move's. */
async function applySteps(
  fleet: EmulatedFleet,
  pair: FleetPair,
  steps: readonly Step[],
  seed: number,
): Promise<string[]> {
  const watch = new FleetWatch(fleet, watched(pair));
  const draw = drawFrom(seed);
  let state = pair.current;
  for (const step of steps) {
    const isMove = step.kind === 'move';
    const inFlight = new Set(
      isMove ? step.edits.flatMap(({ addGuests }) => addGuests ?? []).map(({ name }) => name) : [],
    );
    for (const edit of isMove ? step.edits : shuffled(draw, step.edits)) {
      state = advance(state, edit);
      const look = () => watch.look(`step ${step.id} (${step.title}) on ${edit.host}`, inFlight, edit.host);
      await applyEdit(fleet, state, edit, look);
    }
    watch.look(`after step ${step.id} (${step.title})`, new Set(), '');
  }
  watch.look('at the end', new Set());
  return watch.breaches();
}

async function requireTarget(fleet: EmulatedFleet, target: FleetState): Promise<void> {
  for (const [host, wanted] of target) {
    const view = { host, boot: '', sequence: 0, generation: 1, nowMs: 0 };
    const report = await look(fleet.substrate(host), view, []);
    if (!converged(report, wanted, [])) throw new Error(`${host} is not what it should be: ${JSON.stringify(report)}`);
  }
}

/** False when there is no room to swap. */
async function isApplied(size: FleetSize): Promise<boolean> {
  const pair = fleetPair(size);
  const ordered = order(orderInput(pair));
  if (ordered.kind === 'unsafe') {
    expect(ordered.limit).toBe('room');
    return false;
  }
  const { steps } = ordered;
  expect(steps.length > 0).toBe(diff(pair.current, pair.target, () => 0).length > 0);
  for (const { edits } of steps) expect(new Set(edits.map(({ host }) => host)).size).toBe(edits.length);
  const fleet = await fleetAt(pair);
  expect(await applySteps(fleet, pair, steps, size.seed)).toEqual([]);
  await requireTarget(fleet, pair.target);
  return true;
}

describe('a plan applied to emulated hosts', () => {
  // 10,000 pairs of configurations in all, most of them of small fleets; those that were refused for want of room do not count.
  for (const [block, most, count] of [
    [1, 4, 3000],
    [2, 5, 2500],
    [3, 6, 2500],
    [4, 8, 2000],
  ] as const) {
    it(`never loops, cuts off, doubles or loses, up to ${most} hosts, block ${block}`, async () => {
      const sizes = fc.record({
        seed: fc.integer(),
        hosts: fc.integer({ min: 2, max: most }),
        vms: fc.integer({ min: 1, max: most }),
      });
      let applied = 0;
      const property = fc.asyncProperty(sizes, async (size) => {
        if (await isApplied(size)) applied += 1;
      });
      await fc.assert(property, { seed: block, numRuns: Math.ceil(count * 1.04) });
      expect(applied).toBeGreaterThanOrEqual(count);
    }, 240_000);
  }
});
