import { describe, expect, it } from 'vitest';
import { order } from '../../../reconciler/plan/order.js';
import type { Step } from '../../../schema/generated/types.js';
import { small, smallOrder } from '../../generators/small-fleet.js';

describe('migrations that wait for each other', () => {
  const hosts = ['host-1', 'host-2', 'host-3'];
  const current = small({ hosts, mapping: { 'vm-1': 'host-1', 'vm-2': 'host-2' } });
  const target = small({ hosts, mapping: { 'vm-1': 'host-2', 'vm-2': 'host-1' }, current });
  const input = smallOrder(current, target);
  const oneEach = input.hosts.map((host) => ({ ...host, maxGuests: 1 }));
  const moves = (steps: Step[]) => steps.filter((step) => step.kind === 'move').map((step) => step.title);

  it('go through a host with room to spare', () => {
    const ordered = order({ ...input, hosts: oneEach });
    expect(ordered.kind === 'ordered' && moves(ordered.steps)).toEqual([
      'Move vm-1 from host-1 to host-3',
      'Move vm-2 from host-2 to host-1',
      'Move vm-1 from host-3 to host-2',
    ]);
  });

  it('park only a VM that may run there', () => {
    const ordered = order({ ...input, hosts: oneEach, mayRun: (guest) => guest === 'vm-2' });
    expect(ordered.kind === 'ordered' && moves(ordered.steps)[0]).toBe('Move vm-2 from host-2 to host-3');
  });

  it('are refused when no host has room, saying who waits for whom', () => {
    const full = oneEach.map((host) => (host.name === 'host-3' ? { ...host, maxGuests: 0 } : host));
    const refused = order({ ...input, hosts: full });
    expect(refused).toMatchObject({ kind: 'unsafe', limit: 'room', actual: 2 });
    expect(refused.kind === 'unsafe' && refused.message).toContain('vm-1 (host-1 to host-2), vm-2 (host-2 to host-1)');
  });

  it('tell the new host first, then the old one, then the Proxy', () => {
    const later = small({ hosts, mapping: { 'vm-1': 'host-1', 'vm-2': 'host-3' }, current });
    const ordered = order(smallOrder(current, later));
    const move = ordered.kind === 'ordered' ? ordered.steps.find((step) => step.kind === 'move') : undefined;
    expect(move?.edits.map((edit) => edit.host)).toEqual(['host-3', 'host-2', 'host-1']);
    expect(move?.edits[0]?.addGuests?.[0]?.from).toBe('host-2');
    expect(move?.edits[1]?.removeGuests).toEqual([{ guest: 'vm-2', to: 'host-3' }]);
  });
});
