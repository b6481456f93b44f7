import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { converge } from '../../../agents/converge.js';
import { EmulatedFleet } from '../../../agents/emulated/emulated-fleet.js';
import { hostState } from '../../../reconciler/host-state.js';
import { advance, emptyHost, type FleetState } from '../../../reconciler/model/fleet-state.js';
import { diff } from '../../../reconciler/plan/diff.js';
import { order } from '../../../reconciler/plan/order.js';
import { admits } from '../../../reconciler/vsched/admission.js';
import type { Edit, Step } from '../../../schema/generated/types.js';
import { flatUnderlay } from '../../agents/emulated/fleets.js';
import { fleetSizes } from '../../generators/fleet.js';
import { processors, scheduledOrder, scheduledPair } from '../../generators/scheduled-fleet.js';

function requireAdmitted(state: FleetState): void {
  for (const [host, { schedules }] of state) {
    for (let cpu = 0; cpu < processors.count; cpu++) {
      const there = [...schedules.values()].filter(({ cpus }) => cpus.includes(cpu));
      if (!admits(there, processors.reservedPpm)) throw new Error(`processor ${cpu} of ${host} is overfull`);
    }
    for (const { vm, cpus } of schedules.values()) {
      const isKnown = cpus.every((cpu) => cpu < processors.count) && new Set(cpus).size === cpus.length;
      if (!isKnown) throw new Error(`${vm} on ${host} is on processors ${cpus.join(', ')}`);
    }
  }
}

/** A VM that comes finds the schedule that it shall have, and one that runs keeps one while it has one before and afterwards. */
function requireScheduled(before: FleetState, target: FleetState, { edits }: Step, state: FleetState): void {
  const wanted = new Set([...target.values()].flatMap(({ schedules }) => [...schedules.keys()]));
  for (const { host, addGuests = [] } of edits)
    for (const { name } of addGuests)
      if (wanted.has(name) && !before.get(host)?.schedules.has(name) && !before.get(host)?.guests.has(name))
        throw new Error(`${name} comes to ${host} first`);
  for (const [host, { guests, schedules }] of before)
    for (const vm of schedules.keys()) {
      const stays = guests.has(vm) && state.get(host)?.guests.has(vm);
      if (stays && wanted.has(vm) && !state.get(host)?.schedules.has(vm))
        throw new Error(`${vm} on ${host} lost its schedule`);
    }
}

describe('the order of schedules', () => {
  it('asks no host at any time to keep more than it can, and has every VM find its schedule', () => {
    const seen = { ordered: 0, steps: 0, moves: 0 };
    fc.assert(
      fc.property(fleetSizes, (size) => {
        const pair = scheduledPair(size);
        const found = order(scheduledOrder(pair));
        if (found.kind === 'unsafe') {
          expect(found.limit).toBe('room');
          return;
        }
        seen.ordered++;
        let state = pair.current;
        for (const step of found.steps) {
          const before = state;
          for (const edit of step.edits) {
            state = advance(state, edit);
            requireAdmitted(state);
          }
          seen.steps += Number(step.kind === 'schedule' || step.kind === 'unschedule');
          seen.moves += Number(step.kind === 'move');
          requireScheduled(before, pair.target, step, state);
        }
        for (const [host, { schedules }] of pair.target)
          expect(state.get(host)?.schedules ?? new Map()).toEqual(schedules);
        expect(found.steps.length > 0).toBe(diff(pair.current, pair.target, () => 0).length > 0);
      }),
      { seed: 20, numRuns: 1500 },
    );
    expect(seen.ordered).toBeGreaterThan(1000);
    expect(Math.min(seen.steps, seen.moves)).toBeGreaterThan(1000);
  });

  it('is one that emulated hosts go along with, edit by edit', async () => {
    await fc.assert(
      fc.asyncProperty(fleetSizes, async (size) => {
        const pair = scheduledPair(size);
        const found = order(scheduledOrder(pair));
        if (found.kind === 'unsafe') return;
        const fleet = new EmulatedFleet({ ...flatUnderlay(pair.rooms.length), nowMs: () => 0 });
        const apply = async (state: FleetState, edit: Edit) => {
          const timing = { samplingIntervalMs: 1000, keepAliveMs: 1000 };
          const wanted = hostState(edit, state.get(edit.host) ?? emptyHost(), timing);
          const faults = await converge(fleet.substrate(edit.host), { ...wanted, generation: 1 });
          expect(faults.filter(({ kind }) => kind === 'schedule' || kind === 'guest')).toEqual([]);
        };
        let state = pair.current;
        for (const host of state.keys()) await apply(state, { host });
        for (const { edits } of found.steps)
          for (const edit of edits) {
            state = advance(state, edit);
            await apply(state, edit);
          }
        for (const [host, { schedules }] of pair.target)
          expect(new Map((await fleet.substrate(host).vsched?.current())?.map((each) => [each.vm, each]))).toEqual(
            schedules,
          );
      }),
      { seed: 21, numRuns: 150 },
    );
  });
});
