import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FleetState } from '../../../reconciler/model/fleet-state.js';
import { changesIn, reroutedLinks } from '../../../reconciler/model/recent-changes.js';
import { breachedLimit, type LimitedPlan } from '../../../reconciler/plan/change-limits.js';
import { diff } from '../../../reconciler/plan/diff.js';
import { guard } from '../../../reconciler/plan/guard.js';
import { order } from '../../../reconciler/plan/order.js';
import type { Change, Outcome, Plan, RecentChange } from '../../../schema/generated/types.js';
import { small, smallOrder } from '../../generators/small-fleet.js';

const nowMs = 10_000_000;
const scattered = { 'vm-1': 'host-1', 'vm-2': 'host-2', 'vm-3': 'host-3', 'vm-4': 'host-4' };
const current = small({ mapping: scattered });

type Spec = LimitedPlan['limits'][number]['spec'];

function planned(from: FleetState, target: FleetState) {
  const ordered = order(smallOrder(from, target));
  if (ordered.kind === 'unsafe') throw new Error(ordered.message);
  return { current: from, target, changes: diff(from, target, () => 0), steps: ordered.steps };
}

const judged = (from: FleetState, target: FleetState, spec: Spec, recent: RecentChange[] = []) =>
  guard({
    ...planned(from, target),
    ...{ limits: [{ name: 'calm', spec }], silent: new Set<string>(), moves: [], recent, nowMs },
  });

const lately = (kind: RecentChange['kind'], object: string, minutes: number): RecentChange => {
  return { kind, object, atMs: nowMs - minutes * 60e3 };
};

describe('re-routed links', () => {
  const path = (before: string[], after: string[]): Change => {
    return { kind: 'path', source: 'vm-2', destination: 'vm-3', before, after };
  };

  it('are those that paths leave or join, and those that go', () => {
    const found = reroutedLinks([
      { kind: 'link-add', a: 'host-2', b: 'host-3', type: 'udp', star: false },
      path(['host-2', 'host-1', 'host-3'], ['host-2', 'host-3']),
      { kind: 'link-remove', a: 'host-4', b: 'host-5' },
    ]);
    expect([...found].sort()).toEqual(['host-1--host-2', 'host-1--host-3', 'host-4--host-5']);
  });

  it('are not those that stay on the path, in whatever direction', () => {
    const found = reroutedLinks([path(['host-2', 'host-1', 'host-3'], ['host-2', 'host-1', 'host-4', 'host-3'])]);
    expect([...found].sort()).toEqual(['host-1--host-3', 'host-1--host-4', 'host-3--host-4']);
    expect(reroutedLinks([path(['host-2', 'host-3'], ['host-2', 'host-3'])]).size).toBe(0);
  });

  it('are limited as a share of the links that are there', () => {
    const routed = small({ mapping: scattered, paths: [['vm-2', 'vm-3', 'host-2', 'host-3']] });
    expect(judged(current, routed, { maxReroutedShare: 0.5 })).toMatchObject({
      ...{ kind: 'unsafe', limit: 'maxReroutedShare', name: 'calm', allowed: 0.5, actual: 2 / 3 },
      message: expect.stringContaining(
        'allows to re-route 50 % of the overlay links in one pass; this plan would re-route 2 of 3',
      ),
    });
    expect(judged(current, routed, { maxReroutedShare: 0.67 })).toEqual({ kind: 'safe' });
    // A fleet that comes up has no links to re-route.
    expect(judged(new Map(), current, { maxReroutedShare: 0 })).toEqual({ kind: 'safe' });
  });

  it('count once in an hour, also those that are gone by now', () => {
    const routed = small({ mapping: scattered, paths: [['vm-2', 'vm-3', 'host-2', 'host-3']] });
    const spec = { maxReroutedSharePerHour: 0.7 };
    const again = lately('reroute', 'host-1--host-2', 5);
    const gone = lately('reroute', 'host-2--host-4', 5);
    expect(judged(current, routed, spec, [again])).toEqual({ kind: 'safe' });
    expect(judged(current, routed, spec, [again, gone])).toMatchObject({ actual: 0.75 });
    expect(judged(current, routed, spec, [again, lately('reroute', 'host-2--host-4', 60)])).toEqual({ kind: 'safe' });
  });
});

describe('shares of an hour', () => {
  it('count VMs that were stopped in it among those there were', () => {
    const target = small({ mapping: { 'vm-1': 'host-1', 'vm-2': 'host-2', 'vm-3': 'host-3' }, current });
    const spec = { maxDeletedSharePerHour: 0.25 };
    expect(judged(current, target, spec)).toEqual({ kind: 'safe' });
    expect(judged(current, target, spec, [lately('stop', 'vm-9', 59)])).toMatchObject({ actual: 2 / 5 });
    expect(judged(current, target, spec, [lately('stop', 'vm-9', 60)])).toEqual({ kind: 'safe' });
    // What was too much before is no reason to refuse a plan that stops nothing.
    const many = ['vm-7', 'vm-8', 'vm-9'].map((vm) => lately('stop', vm, 1));
    expect(judged(current, current, spec, many)).toEqual({ kind: 'safe' });
  });

  it('never refuse less when more was changed before', () => {
    const names = ['vm-1', 'vm-2', 'vm-8', 'vm-9'];
    const past = fc.array(fc.tuple(fc.constantFrom(...names), fc.integer({ min: 0, max: 120 })), { maxLength: 6 });
    const target = small({ mapping: { 'vm-1': 'host-1', 'vm-2': 'host-2', 'vm-3': 'host-3' }, current });
    const plan = { ...planned(current, target), moves: [], nowMs };
    fc.assert(
      fc.property(past, past, fc.double({ min: 0, max: 1, noNaN: true }), (some, more, allowed) => {
        const limits = [{ name: 'calm', spec: { maxDeletedSharePerHour: allowed } }];
        const asked = (list: [string, number][]) =>
          breachedLimit({ ...plan, limits, recent: list.map(([vm, at]) => lately('stop', vm, at)) }, 'refuse');
        const [few, many] = [asked(some), asked([...some, ...more])];
        if (few !== null) expect(many?.actual).toBeGreaterThanOrEqual(few.actual);
        if (few !== null && many !== null) expect(many.actual).toBeLessThanOrEqual(1);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe('limits that ask for an approval', () => {
  const target = small({ mapping: { 'vm-1': 'host-1' }, current });

  it('let the plan pass with word of what it exceeds', () => {
    const spec = { maxDeletedShare: 0.5, whenExceeded: 'approval' as const };
    expect(judged(current, target, spec)).toMatchObject({
      kind: 'safe',
      exceeded: { limit: 'maxDeletedShare', name: 'calm', actual: 0.75 },
    });
  });

  it('do not soften limits that refuse', () => {
    const limits = [
      { name: 'ask', spec: { maxDeletedShare: 0.1, whenExceeded: 'approval' as const } },
      { name: 'no', spec: { maxDeletedShare: 0.6 } },
    ];
    const input = { ...planned(current, target), limits, silent: new Set<string>(), moves: [], nowMs };
    expect(guard(input)).toMatchObject({ kind: 'unsafe', name: 'no' });
  });
});

describe('what limits remember of a plan', () => {
  const target = small({ mapping: { 'vm-1': 'host-1' }, current });
  const { changes, steps } = planned(current, target);
  const plan = { changes, steps } as Plan;
  const outcomes = (status: Outcome['status']) =>
    steps.map(({ id: step }) => ({ step, status, message: '', tookMs: 0 }));

  it('is what was done', () => {
    const stopped = changesIn(plan, outcomes('done'), nowMs).filter(({ kind }) => kind === 'stop');
    expect(stopped.map(({ object }) => object)).toEqual(['vm-2', 'vm-3', 'vm-4']);
    expect(changesIn(plan, outcomes('failed'), nowMs)).toEqual([]);
    expect(changesIn(plan, [], nowMs)).toEqual([]);
  });
});
