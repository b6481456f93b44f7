import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyHost } from '../../../reconciler/model/fleet-state.js';
import { diff } from '../../../reconciler/plan/diff.js';
import { stateDigest } from '../../../reconciler/plan/state-digest.js';
import { damaged } from '../../generators/damage.js';
import { fleetPair, fleetSizes } from '../../generators/fleet.js';
import { small } from '../../generators/small-fleet.js';

const mapping = { 'vm-1': 'host-2', 'vm-2': 'host-3' };

describe('diff', () => {
  it('says what moves, which links come and which pairs travel differently, and nothing twice', () => {
    const current = small({ mapping, paths: [['vm-2', 'vm-1', 'host-3', 'host-2']] });
    const after = { 'vm-1': 'host-4', 'vm-2': 'host-3' };
    const target = small({ mapping: after, paths: [['vm-1', 'vm-2', 'host-4', 'host-3']], current });
    expect(diff(current, target, () => 2)).toEqual([
      { kind: 'guest-move', guest: 'vm-1', from: 'host-2', to: 'host-4', seconds: 2 },
      { kind: 'link-remove', a: 'host-2', b: 'host-3' },
      { kind: 'link-add', a: 'host-3', b: 'host-4', type: 'udp', star: false },
      {
        kind: 'path',
        source: 'vm-1',
        destination: 'vm-2',
        before: ['host-2', 'host-1', 'host-3'],
        after: ['host-4', 'host-3'],
      },
      {
        kind: 'path',
        source: 'vm-2',
        destination: 'vm-1',
        before: ['host-3', 'host-2'],
        after: ['host-3', 'host-1', 'host-4'],
      },
    ]);
  });

  it('counts rules that belong to no other change', () => {
    const current = small({ mapping });
    const target = small({ mapping, current });
    current.get('host-2')?.rules.delete('blue any any');
    expect(diff(current, target, () => 0)).toEqual([{ kind: 'table', host: 'host-2', set: 1, removed: 0 }]);
  });

  it('is empty exactly if the digests of the states are equal', () => {
    fc.assert(
      fc.property(fleetSizes, fc.integer({ min: 0, max: 2 }), (size, count) => {
        const { current } = fleetPair(size);
        const other = damaged(current, size.seed, count);
        const changes = diff(other, current, () => 0);
        expect(changes.length === 0).toBe(stateDigest(other) === stateDigest(current));
      }),
      { seed: 31, numRuns: 500 },
    );
  });

  it('takes a host with nothing on it for no host', () => {
    const state = small({ mapping });
    const more = new Map([...state, ['host-9', emptyHost()] as const]);
    expect(diff(state, more, () => 0)).toEqual([]);
    expect(stateDigest(more)).toBe(stateDigest(state));
  });
});
