import { describe, expect, it } from 'vitest';
import { advance, type FleetState } from '../../../reconciler/model/fleet-state.js';
import { diff } from '../../../reconciler/plan/diff.js';
import { guard } from '../../../reconciler/plan/guard.js';
import { type OrderInput, order } from '../../../reconciler/plan/order.js';
import type { Edit, Step } from '../../../schema/generated/types.js';
import { blue, small, smallOrder, vm } from '../../generators/small-fleet.js';
import { broadcasts, fates, lanFates } from './watch.js';

const mapping = { 'vm-1': 'host-1', 'vm-2': 'host-2' };
const lanOf = (state: FleetState, host: string) => state.get(host)?.networks.get('blue')?.lan;

function ordered(current: FleetState, target: FleetState, other: Partial<OrderInput> = {}): Step[] {
  const result = order({ ...smallOrder(current, target), ...other });
  if (result.kind === 'unsafe') throw new Error(result.message);
  expect(
    guard({ current, target, changes: [], steps: result.steps, limits: [], silent: new Set(), moves: [], nowMs: 0 }),
  ).toEqual({
    kind: 'safe',
  });
  return result.steps;
}

describe('a network with a LAN', () => {
  const state = small({ mapping, lan: 'eth1' });

  it('is bridged on its Proxy alone, for what is for no VM and for broadcasts', () => {
    expect(lanOf(state, 'host-1')).toBe('eth1');
    expect(lanOf(state, 'host-2')).toBeUndefined();
    expect(state.get('host-1')?.rules.get('blue any any')?.to).toEqual([{ kind: 'lan' }]);
    expect(state.get('host-1')?.rules.get('blue any group')?.to.at(-1)).toEqual({ kind: 'lan' });
    expect(state.get('host-2')?.rules.get('blue any group')?.to).not.toContainEqual({ kind: 'lan' });
    expect([...lanFates(state).values()]).toEqual(['delivered', 'delivered', 'delivered', 'delivered']);
  });

  it('keeps its LAN while VMs come and go on the Proxy', () => {
    const target = small({ mapping: { 'vm-2': 'host-1', 'vm-3': 'host-1' }, lan: 'eth1', current: state });
    let now = state;
    for (const edit of ordered(state, target).flatMap(({ edits }) => edits)) {
      now = advance(now, edit);
      expect(now.get('host-1')?.rules.get('blue any group')?.to.at(-1)).toEqual({ kind: 'lan' });
    }
  });

  it('closes it on the old Proxy a step before it opens on the new one', () => {
    const target = small({ mapping, lan: 'eth1', proxy: 'host-2', current: state });
    const steps = ordered(state, target);
    const stepWith = (test: (edit: Edit) => boolean) => steps.findIndex(({ edits }) => edits.some(test));
    const closing = stepWith((edit) => edit.host === 'host-1' && edit.addNetworks?.[0]?.lan === undefined);
    const opening = stepWith((edit) => edit.host === 'host-2' && edit.addNetworks?.[0]?.lan === 'eth1');
    expect(closing).toBeGreaterThanOrEqual(0);
    expect(opening).toBeGreaterThan(closing);
    expect(steps[opening]?.title).toBe('Open the LAN on host-2');
  });

  it('takes it from a host that leaves the network before another one gets it', () => {
    const target = small({
      mapping: { 'vm-2': 'host-2' },
      hosts: ['host-2'],
      lan: 'eth1',
      proxy: 'host-2',
      current: state,
    });
    const steps = ordered(state, target);
    expect(steps[0]?.edits.find(({ host }) => host === 'host-1')?.addNetworks).toEqual([blue]);
  });

  it('does not open it while a host that is silent may still bridge', () => {
    const target = small({ mapping, lan: 'eth1', proxy: 'host-2', silent: ['host-1'], current: state });
    expect(lanOf(target, 'host-2')).toBeUndefined();
    expect(lanOf(target, 'host-1')).toBe('eth1');
    expect(target.get('host-2')?.rules.get('blue any any')).toBeUndefined();
  });
});

describe('the guard', () => {
  const current = small({ mapping, lan: 'eth1' });
  const check = (...edits: Edit[]) => {
    const steps: Step[] = [{ id: 1, kind: 'join', title: 'by hand', edits }];
    return guard({
      current,
      target: edits.reduce(advance, current),
      changes: [],
      steps,
      limits: [],
      silent: new Set(),
      moves: [],
      nowMs: 0,
    });
  };

  it('refuses a second bridge, even where the first one closes in the same step', () => {
    const open = { host: 'host-2', addNetworks: [{ ...blue, lan: 'eth1' }] };
    const twice = { kind: 'unsafe', limit: 'loop', message: expect.stringContaining('bridge network blue') };
    expect(check(open)).toMatchObject(twice);
    expect(check({ host: 'host-1', addNetworks: [blue] }, open)).toMatchObject(twice);
    expect(check({ host: 'host-1', addNetworks: [{ ...blue, lan: 'eth2' }] })).toEqual({ kind: 'safe' });
  });

  it('refuses to cut VMs off from the LAN', () => {
    const toLan = { network: 'blue', source: 'any', destination: 'any' };
    const cut = { kind: 'unsafe', limit: 'cut', message: expect.stringContaining('the LAN') };
    expect(check({ host: 'host-1', removeRules: [toLan] })).toMatchObject(cut);
    const toVm = { network: 'blue', source: 'any', destination: vm(2).spec.mac };
    expect(check({ host: 'host-1', removeRules: [toVm] })).toMatchObject({ kind: 'unsafe', limit: 'cut' });
  });
});

describe('other addresses of VMs', () => {
  const told = [{ address: '10.77.0.1', mac: vm(1).spec.mac }];
  const current = small({ mapping });
  const target = small({ mapping, neighbours: told, current });

  it('are one change and one step of their own, which touch nothing else', () => {
    expect(diff(current, target, () => 0)).toEqual([{ kind: 'neighbours', network: 'blue', hosts: 4 }]);
    const steps = ordered(current, target);
    expect(steps.map(({ kind, title }) => `${kind}: ${title}`)).toEqual(['join: Tell hosts the addresses of VMs']);
    expect(steps[0]?.edits[0]).toEqual({ host: 'host-1', addNetworks: [{ ...blue, neighbours: told }] });
  });

  it('go along where something else of the network changes', () => {
    const moved = small({ mapping, neighbours: told, proxy: 'host-2', current });
    expect(diff(current, moved, () => 0).map(({ kind }) => kind)).not.toContain('neighbours');
  });
});

describe('a host that can have no link to the Proxy', () => {
  const apart = ['host-1 host-3'];
  const wish = { 'vm-1': 'host-1', 'vm-2': 'host-2', 'vm-3': 'host-3' };

  it('does without; everything else is as ever', () => {
    const target = small({ mapping: wish, apart });
    const steps = ordered(new Map(), target, { linkEnds: () => null });
    const end = steps.flatMap(({ edits }) => edits).reduce(advance, new Map() as FleetState);
    const reached = [...fates(end)].filter(([, fate]) => fate === 'delivered').map(([pair]) => pair);
    expect(reached.sort()).toEqual(
      [
        [1, 2],
        [2, 1],
      ].map(([a = 0, b = 0]) => `blue ${vm(a).spec.mac} ${vm(b).spec.mac}`),
    );
    expect(broadcasts(end).get(`blue ${vm(1).spec.mac} ${vm(2).spec.mac}`)).toBe(1);
    expect(end.get('host-3')?.guests.has('vm-3')).toBe(true);
  });

  it('leads no fast path over links that cannot be', () => {
    const target = small({ mapping: wish, apart: ['host-2 host-3'], paths: [['vm-2', 'vm-3', 'host-2', 'host-3']] });
    expect(target).toEqual(small({ mapping: wish }));
  });
});
