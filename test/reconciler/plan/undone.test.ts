import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance, type FleetState } from '../../../reconciler/model/fleet-state.js';
import { order } from '../../../reconciler/plan/order.js';
import { Undone } from '../../../reconciler/plan/undone.js';
import type { Edit, Step } from '../../../schema/generated/types.js';
import { type Draw, drawFrom, pick } from '../../generators/draw.js';
import { type FleetPair, type FleetSize, fleetPair, fleetSizes, orderInput } from '../../generators/fleet.js';
import { requireFates, requireLans } from './walk.js';
import { fates, homes, lanFates } from './watch.js';

interface Run {
  /** What the reconciler takes for the state. */
  known: FleetState;
  /** What it is: hosts that failed may have done their edit or not. */
  real: FleetState;
  undone: Undone;
  failed: Set<string>;
  /** VMs whose move was broken off. */
  stranded: Set<string>;
  done: number;
  left: number;
}

const guestsOf = (edits: readonly Edit[]) =>
  new Set(edits.flatMap(({ addGuests = [] }) => addGuests.flatMap(({ name, mac }) => [name, mac])));

function requireRoom(state: FleetState, { rooms }: FleetPair) {
  for (const { name, memoryMib, maxGuests } of rooms) {
    const guests = [...(state.get(name)?.guests.values() ?? [])];
    const memory = guests.reduce((sum, guest) => sum + guest.memoryMib, 0);
    if (memory > memoryMib || guests.length > (maxGuests ?? Number.POSITIVE_INFINITY))
      throw new Error(`${name} is overfull`);
  }
}

function requireOneHome(state: FleetState, pair: FleetPair, inFlight: ReadonlySet<string>) {
  const [first, now, last] = [homes(pair.current), homes(state), homes(pair.target)];
  for (const [vm, hosts] of now) if (hosts.length > 1 && !inFlight.has(vm)) throw new Error(`${vm} runs twice`);
  const macs = (of: FleetState, vm: string) =>
    [...of.values()].find(({ guests }) => guests.has(vm))?.guests.get(vm)?.mac;
  for (const vm of first.keys()) {
    if (last.has(vm) && !now.has(vm) && macs(pair.current, vm) === macs(pair.target, vm))
      throw new Error(`${vm} is nowhere`);
  }
}

/** One step, in which some hosts fail if `fails`; looks at every moment of it. */
function carryOut(
  run: Run,
  step: Step,
  fails: boolean,
  draw: Draw,
  look: (state: FleetState, inFlight: Set<string>) => void,
) {
  const { edits, why } = run.undone.partOf(step, run.known);
  if (why !== null) run.left += 1;
  if (edits.length === 0) return;
  for (const { host } of edits) if (run.failed.has(host)) throw new Error(`${host} is told something after it failed`);
  if (step.kind === 'move' && edits !== step.edits) throw new Error('a move is done by half');
  const inFlight = new Set([...run.stranded, ...(step.kind === 'move' ? guestsOf(edits) : [])]);
  const failing = fails ? [pick(draw, edits), ...edits.filter(() => draw(3) === 0)] : [];
  const failedAt = step.kind === 'move' && failing.length > 0 ? draw(edits.length) : edits.length;
  const uncertain =
    step.kind === 'move' ? (failing.length > 0 ? edits : []) : edits.filter((edit) => failing.includes(edit));
  for (const [place, edit] of edits.entries()) {
    const isDone = step.kind === 'move' ? place < failedAt : !failing.includes(edit) || draw(2) === 0;
    if (isDone) run.real = advance(run.real, edit);
    look(run.real, inFlight);
    if (!uncertain.includes(edit)) run.known = advance(run.known, edit);
  }
  if (uncertain.length === 0) run.done += 1;
  if (uncertain.length > 0) run.undone.leaveEdits(uncertain, run.known, `Step ${step.id} failed.`);
  for (const { host } of uncertain) run.failed.add(host);
  if (step.kind === 'move') for (const name of uncertain.length > 0 ? guestsOf(edits) : []) run.stranded.add(name);
}

/** Null when there is no room to swap. */
function withFailures(size: FleetSize): Run | null {
  const pair = fleetPair(size);
  const ordered = order(orderInput(pair));
  if (ordered.kind === 'unsafe') return null;
  const draw = drawFrom(size.seed + 1);
  const run: Run = {
    ...{ known: pair.current, real: pair.current, undone: new Undone(), failed: new Set<string>() },
    ...{ stranded: new Set<string>(), done: 0, left: 0 },
  };
  const [first, last] = [fates(pair.current), fates(pair.target)];
  const [firstLans, lastLans] = [lanFates(pair.current), lanFates(pair.target)];
  const look = (state: FleetState, inFlight: Set<string>) => {
    requireFates(state, pair.target, first, last, inFlight);
    requireLans(state, pair.target, firstLans, lastLans, inFlight);
    requireRoom(state, pair);
    requireOneHome(state, pair, inFlight);
  };
  const failures = new Set([draw(Math.max(1, ordered.steps.length)), draw(2 * ordered.steps.length + 1)]);
  for (const [place, step] of ordered.steps.entries()) carryOut(run, step, failures.has(place), draw, look);
  return run;
}

describe('a plan of which some steps fail', () => {
  it('keeps at every moment what the whole plan would have kept, and goes on with what it may', () => {
    let [walked, beyond, left] = [0, 0, 0];
    fc.assert(
      fc.property(fleetSizes, (size) => {
        const run = withFailures(size);
        if (run === null) return;
        walked += 1;
        if (run.left > 0) left += 1;
        if (run.left > 0 && run.done > 0) beyond += 1;
      }),
      { seed: 7, numRuns: 800 },
    );
    expect(walked).toBeGreaterThan(600);
    expect(left).toBeGreaterThan(250);
    expect(beyond).toBeGreaterThan(150);
  });

  it('is done as it stands where nothing fails', () => {
    const step: Step = { id: 1, kind: 'route', title: 'a step', edits: [{ host: 'host-1', removeLinks: ['host-2'] }] };
    expect(new Undone().partOf(step, new Map())).toEqual({ edits: step.edits, why: null });
  });

  it('does on one network what it leaves undone on another', () => {
    const undone = new Undone();
    const rule = (network: string) => ({
      network,
      source: 'any',
      destination: 'group',
      to: [{ kind: 'lan' as const }],
    });
    undone.leaveEdits([{ host: 'host-1', setRules: [rule('lan')] }], new Map(), 'Step 1 failed.');
    const edits = [{ host: 'host-2', setRules: [rule('lan'), rule('other')] }];
    const part = undone.partOf({ id: 2, kind: 'route', title: 'both', edits }, new Map());
    expect(part).toEqual({ edits: [{ host: 'host-2', setRules: [rule('other')] }], why: 'Step 1 failed.' });
  });
});
