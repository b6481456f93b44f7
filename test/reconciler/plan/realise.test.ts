import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trace } from '../../../reconciler/model/trace.js';
import { configurationOf } from '../../../reconciler/plan/configuration-of.js';
import { realise } from '../../../reconciler/plan/realise.js';
import { fleetOf, fleetPair, fleetSizes } from '../../generators/fleet.js';
import { small, vm } from '../../generators/small-fleet.js';
import { broadcasts, dangling, fates } from './watch.js';

const address = (index: number) => vm(index).spec.mac;

describe('realise', () => {
  it('joins every host to the Proxy and leads frames over it', () => {
    const state = small({ mapping: { 'vm-1': 'host-2', 'vm-2': 'host-3' } });
    expect([...(state.get('host-1')?.links.keys() ?? [])]).toEqual(['host-2', 'host-3', 'host-4']);
    expect(trace(state, 'blue', 'host-2', address(1), address(2))).toEqual({
      kind: 'delivered',
      guest: 'vm-2',
      hosts: ['host-2', 'host-1', 'host-3'],
    });
    expect(state.get('host-2')?.rules.get('blue any group')?.to).toEqual([
      { kind: 'port', guest: 'vm-1' },
      { kind: 'link', peer: 'host-1' },
    ]);
  });

  it('leads one direction of one pair over a fast path', () => {
    const state = small({
      mapping: { 'vm-1': 'host-2', 'vm-2': 'host-3' },
      paths: [['vm-1', 'vm-2', 'host-2', 'host-4', 'host-3']],
    });
    expect(trace(state, 'blue', 'host-2', address(1), address(2)).hosts).toEqual(['host-2', 'host-4', 'host-3']);
    expect(trace(state, 'blue', 'host-3', address(2), address(1)).hosts).toEqual(['host-3', 'host-1', 'host-2']);
  });

  it('gives the path of the star no rules of its own', () => {
    const mapping = { 'vm-1': 'host-2', 'vm-2': 'host-3' };
    expect(small({ mapping, paths: [['vm-1', 'vm-2', 'host-2', 'host-1', 'host-3']] })).toEqual(small({ mapping }));
  });

  it('delivers every pair and every broadcast once, with rules that their hosts can carry out', () => {
    fc.assert(
      fc.property(fleetSizes, (size) => {
        const { current } = fleetPair(size);
        expect(dangling(current)).toEqual([]);
        expect([...fates(current).values()].filter((fate) => fate !== 'delivered')).toEqual([]);
        for (const [key, count] of broadcasts(current)) {
          const [, source, destination] = key.split(' ');
          expect(count).toBe(source === destination ? 0 : 1);
        }
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  it('is undone by configurationOf', () => {
    fc.assert(
      fc.property(fleetSizes, (size) => {
        const { before, current } = fleetPair(size);
        const found = configurationOf(current);
        expect(new Map(found.mapping)).toEqual(new Map([...before.configuration.mapping].sort()));
        expect(realise(fleetOf(before, current), found)).toEqual(current);
      }),
      { seed: 12, numRuns: 300 },
    );
  });
});

describe('realise with silent hosts', () => {
  const mapping = { 'vm-1': 'host-2', 'vm-2': 'host-3', 'vm-3': 'host-4' };
  const current = small({ mapping, paths: [['vm-1', 'vm-3', 'host-2', 'host-3', 'host-4']] });

  it('leaves them as they are, and leads no path over them', () => {
    const target = small({
      mapping,
      paths: [['vm-1', 'vm-3', 'host-2', 'host-3', 'host-4']],
      silent: ['host-3'],
      current,
    });
    expect(target.get('host-3')).toBe(current.get('host-3'));
    expect(trace(target, 'blue', 'host-2', address(1), address(3)).hosts).toEqual(['host-2', 'host-1', 'host-4']);
    expect(trace(target, 'blue', 'host-2', address(1), address(2)).kind).toBe('delivered');
    expect(target.get('host-2')?.links.has('host-3')).toBe(true);
  });

  it('lets a new Proxy copy no group frames to a host that still answers to the old one', () => {
    const target = small({ mapping, silent: ['host-3'], proxy: 'host-2', current });
    const copied = target.get('host-2')?.rules.get('blue any group')?.to;
    expect(copied).not.toContainEqual({ kind: 'link', peer: 'host-3' });
    expect(copied).toContainEqual({ kind: 'link', peer: 'host-4' });
    expect(broadcasts(target).get(`blue ${address(2)} ${address(3)}`)).toBe(1);
  });

  it('takes hosts that left the inventory out of everything', () => {
    const hosts = ['host-1', 'host-2', 'host-4'];
    const target = small({ mapping: { 'vm-1': 'host-2', 'vm-2': 'host-2', 'vm-3': 'host-4' }, hosts, current });
    expect(target.get('host-3')).toEqual({
      networks: new Map(),
      links: new Map(),
      guests: new Map(),
      rules: new Map(),
      schedules: new Map(),
    });
    expect(target.get('host-1')?.links.has('host-3')).toBe(false);
  });
});

describe('configurationOf', () => {
  it('leaves out rules that lead nowhere or that no frame meets', () => {
    const state = small({
      mapping: { 'vm-1': 'host-2', 'vm-2': 'host-3' },
      paths: [['vm-1', 'vm-2', 'host-2', 'host-4', 'host-3']],
    });
    state.get('host-4')?.links.delete('host-3');
    const stray = { network: 'blue', source: address(2), destination: address(1) };
    state
      .get('host-4')
      ?.rules.set(`blue ${address(2)} ${address(1)}`, { ...stray, to: [{ kind: 'link', peer: 'host-2' }] });
    expect(configurationOf(state).paths).toEqual([]);
  });
});
