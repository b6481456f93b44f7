import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance, type FleetState } from '../../../reconciler/model/fleet-state.js';
import { diff } from '../../../reconciler/plan/diff.js';
import { guard } from '../../../reconciler/plan/guard.js';
import { order } from '../../../reconciler/plan/order.js';
import type { Edit, RecentMove, Step } from '../../../schema/generated/types.js';
import { drawFrom, shuffled } from '../../generators/draw.js';
import { fleetPair, fleetSizes, orderInput } from '../../generators/fleet.js';
import { small, smallOrder, vm } from '../../generators/small-fleet.js';
import { requireFates } from './walk.js';
import { fates } from './watch.js';

const nowMs = 10_000_000;
const scattered = { 'vm-1': 'host-1', 'vm-2': 'host-2', 'vm-3': 'host-3', 'vm-4': 'host-4' };

function judged(
  current: FleetState,
  target: FleetState,
  limits: Parameters<typeof guard>[0]['limits'],
  silent: string[] = [],
  moves: RecentMove[] = [],
) {
  const ordered = order(smallOrder(current, target, silent));
  if (ordered.kind === 'unsafe') return ordered;
  const changes = diff(current, target, () => 0);
  return guard({ current, target, changes, steps: ordered.steps, limits, silent: new Set(silent), moves, nowMs });
}

describe('change limits', () => {
  const current = small({ mapping: scattered });

  it('allow half of the running VMs to be stopped when none is written', () => {
    expect(judged(current, small({ mapping: { 'vm-1': 'host-1', 'vm-2': 'host-2' }, current }), [])).toEqual({
      kind: 'safe',
    });
    expect(judged(current, small({ mapping: { 'vm-1': 'host-1' }, current }), [])).toMatchObject({
      kind: 'unsafe',
      limit: 'maxDeletedShare',
      name: null,
      actual: 0.75,
      allowed: 0.5,
    });
  });

  it('refuse more moves than written, by name', () => {
    const target = small({ mapping: { ...scattered, 'vm-1': 'host-2', 'vm-2': 'host-3' }, current });
    const found = judged(current, target, [{ name: 'calm', spec: { maxMoves: 1 } }]);
    expect(found).toMatchObject({ kind: 'unsafe', limit: 'maxMoves', name: 'calm', actual: 2, allowed: 1 });
    expect(judged(current, target, [{ name: 'calm', spec: { maxMovedShare: 0.25 } }])).toMatchObject({
      limit: 'maxMovedShare',
      actual: 0.5,
    });
    expect(judged(current, target, [{ name: 'calm', spec: { maxMovedShare: 0.5, maxMoves: 2 } }])).toEqual({
      kind: 'safe',
    });
  });
});

describe('silent hosts', () => {
  const current = small({ mapping: scattered });

  it('refuse a move whose Proxy cannot be told', () => {
    const target = small({ mapping: { ...scattered, 'vm-3': 'host-4' }, silent: ['host-1'], current });
    expect(judged(current, target, [], ['host-1'])).toMatchObject({ kind: 'unsafe', limit: 'cut' });
  });

  it('allow a Proxy that died to be replaced', () => {
    const target = small({ mapping: scattered, silent: ['host-1'], proxy: 'host-2', current });
    expect(judged(current, target, [], ['host-1'])).toEqual({ kind: 'safe' });
  });

  it('refuse to run a VM in two places', () => {
    const target = small({ mapping: { ...scattered, 'vm-3': 'host-4' }, silent: ['host-3'], current });
    expect(judged(current, target, [], ['host-3'])).toMatchObject({ kind: 'unsafe', limit: 'placement' });
  });

  it('count the migrations of the hour before', () => {
    const target = small({ mapping: { ...scattered, 'vm-1': 'host-2' }, current });
    const earlier = (vm: string, minutes: number) => ({
      vm,
      from: 'host-2',
      to: 'host-1',
      atMs: nowMs - minutes * 60e3,
    });
    const hourly = [{ name: 'calm', spec: { maxMovesPerHour: 2 } }];
    const breach = { kind: 'unsafe', limit: 'maxMovesPerHour', actual: 3, allowed: 2 };
    expect(judged(current, target, hourly, [], [earlier('vm-2', 1), earlier('vm-3', 59)])).toMatchObject(breach);
    expect(judged(current, target, hourly, [], [earlier('vm-2', 1), earlier('vm-3', 60)])).toEqual({ kind: 'safe' });
    const ofOne = [{ name: 'calm', spec: { maxMovesOfVmPerHour: 1 } }];
    expect(judged(current, target, ofOne, [], [earlier('vm-1', 30)])).toMatchObject({ limit: 'maxMovesOfVmPerHour' });
    expect(judged(current, target, ofOne, [], [earlier('vm-2', 30), earlier('vm-2', 3)])).toEqual({ kind: 'safe' });
    // What was too much before is no reason to refuse a plan that moves nothing.
    const many = [1, 2, 3].map((minutes) => earlier('vm-1', minutes));
    expect(judged(current, current, [...hourly, ...ofOne], [], many)).toEqual({ kind: 'safe' });
  });
});

describe('playing a plan through', () => {
  const one = (kind: Step['kind'], ...edits: Edit[]): Step[] => [{ id: 1, kind, title: 'by hand', edits }];
  const check = (current: FleetState, steps: Step[]) => {
    const target = steps.flatMap((step) => step.edits).reduce(advance, current);
    return guard({ current, target, changes: [], steps, limits: [], silent: new Set(), moves: [], nowMs });
  };
  const current = small({ mapping: scattered, proxy: 'host-1' });
  const toLink = (destination: string, peer: string) => {
    return { network: 'blue', source: 'any', destination, to: [{ kind: 'link' as const, peer }] };
  };

  it('refuses a loop', () => {
    const linked = small({ mapping: scattered, paths: [['vm-2', 'vm-3', 'host-2', 'host-3']] });
    const edits = [
      { host: 'host-2', setRules: [toLink(vm(4).spec.mac, 'host-3')] },
      { host: 'host-1', setRules: [toLink(vm(4).spec.mac, 'host-2')] },
    ];
    expect(check(linked, one('route', ...edits))).toMatchObject({ kind: 'unsafe', limit: 'loop' });
  });

  it('refuses a broadcast storm', () => {
    const linked = small({ mapping: scattered, paths: [['vm-2', 'vm-3', 'host-2', 'host-3']] });
    const to = [
      { kind: 'link' as const, peer: 'host-1' },
      { kind: 'link' as const, peer: 'host-3' },
    ];
    const edit = { host: 'host-2', setRules: [{ network: 'blue', source: 'any', destination: 'group', to }] };
    expect(check(linked, one('route', edit))).toMatchObject({ kind: 'unsafe', limit: 'loop' });
  });

  it('refuses to cut VMs off, and to lose one', () => {
    const rule = { network: 'blue', source: 'any', destination: vm(3).spec.mac };
    expect(check(current, one('unroute', { host: 'host-1', removeRules: [rule] }))).toMatchObject({ limit: 'cut' });
    expect(check(current, one('link-down', { host: 'host-1', removeLinks: ['host-3'] }))).toMatchObject({
      limit: 'cut',
    });
    const target = current;
    const steps = one('stop', { host: 'host-3', removeGuests: [{ guest: 'vm-3' }] });
    const found = guard({ current, target, changes: [], steps, limits: [], silent: new Set(), moves: [], nowMs });
    expect(found).toMatchObject({ limit: 'placement' });
  });

  it('finds nothing wrong with ordered plans, and what a look at every pair finds in shuffled ones', () => {
    let refused = 0;
    fc.assert(
      fc.property(fleetSizes, (size) => {
        const pair = fleetPair(size);
        const ordered = order(orderInput(pair));
        if (ordered.kind === 'unsafe') return;
        const { current: from, target } = pair;
        const input = { current: from, target, changes: [], limits: [], silent: new Set<string>(), moves: [], nowMs };
        expect(guard({ ...input, steps: ordered.steps })).toEqual({ kind: 'safe' });
        const mixed = shuffled(drawFrom(size.seed), ordered.steps).filter((step) => step.kind !== 'link-up');
        const links = ordered.steps.filter((step) => step.kind === 'link-up');
        const steps = [...links, ...mixed];
        if (guard({ ...input, steps }).kind === 'unsafe') refused += 1;
        else expect(() => lookAtEveryPair(from, target, steps)).not.toThrow();
      }),
      { seed: 21, numRuns: 600 },
    );
    expect(refused).toBeGreaterThan(100);
  });
});

function lookAtEveryPair(current: FleetState, target: FleetState, steps: readonly Step[]): void {
  const [first, last] = [fates(current, target), fates(target)];
  let state = current;
  for (const step of steps) {
    const inFlight = new Set(step.edits.flatMap((edit) => edit.addGuests ?? []).map((guest) => guest.mac));
    for (const edit of step.edits) {
      state = advance(state, edit);
      requireFates(state, target, first, last, step.kind === 'move' ? inFlight : new Set());
    }
  }
}
