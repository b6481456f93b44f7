import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyHost, type FleetState, type HostConfig } from '../../../reconciler/model/fleet-state.js';
import { driftOf } from '../../../reconciler/plan/drift.js';
import type { GuestSpec, LinkEnd, Rule, VmSchedule } from '../../../schema/generated/types.js';

const guest = (name: string): GuestSpec => {
  return { name, network: 'lan', mac: '02:00:00:00:00:01', driver: 'netns', computeCores: 1, memoryMib: 64 };
};
const end = (peer: string, remote = '10.0.0.2'): LinkEnd => ({ peer, type: 'udp', local: '10.0.0.1', remote });
const rule = (...to: Rule['to']): Rule => ({ network: 'lan', source: 'any', destination: 'group', to });
const schedule: VmSchedule = { vm: 'vm-1', periodUs: 1000, sliceUs: 100, mode: 'strict', cpus: [0] };

function host({ vms = [], links = [], rules = [] }: { vms?: string[]; links?: LinkEnd[]; rules?: Rule[] }): HostConfig {
  return {
    ...emptyHost(),
    guests: new Map(vms.map((vm) => [vm, guest(vm)])),
    links: new Map(links.map((each) => [each.peer, each])),
    rules: new Map(rules.map((each) => [`${each.network} ${each.source} ${each.destination}`, each])),
  };
}

const fleet = (hosts: Record<string, HostConfig>): FleetState => new Map(Object.entries(hosts));
const drift = (left: FleetState, current: FleetState, connected = [...left.keys()]) =>
  driftOf(left, current, new Set(connected)).map(({ host: on, part, object, kind, left: was, is, byOthers }) => {
    return `${on} ${kind} ${part} ${object}: ${was} -> ${is}${byOthers ? ' by others' : ''}`;
  });

describe('driftOf', () => {
  it('tells a VM that is elsewhere once, of the host that it is on', () => {
    const left = fleet({ a: host({ vms: ['vm-1'] }), b: host({}) });
    const current = fleet({ a: host({}), b: host({ vms: ['vm-1'] }) });
    expect(drift(left, current)).toEqual(['b different vm vm-1: a -> b by others']);
  });

  it('tells a VM that is gone from one that came from nowhere', () => {
    const left = fleet({ a: host({ vms: ['vm-1'] }) });
    const current = fleet({ a: host({ vms: ['vm-2'] }) });
    expect(drift(left, current)).toEqual(['a missing vm vm-1: a -> null', 'a extra vm vm-2: null -> a by others']);
  });

  it('takes what is missing for lost, and what is other for the work of others', () => {
    const link = { kind: 'link' as const, peer: 'b' };
    const left = fleet({ a: host({ links: [end('b'), end('c')], rules: [rule(link)] }) });
    const current = fleet({ a: host({ links: [end('b', '10.9.9.9')], rules: [rule(link, { kind: 'lan' })] }) });
    expect(drift(left, current)).toEqual([
      'a different link b: udp 10.0.0.1 -> 10.0.0.2 -> udp 10.0.0.1 -> 10.9.9.9 by others',
      'a missing link c: udp 10.0.0.1 -> 10.0.0.2 -> null',
      'a different rule lan any group: link b -> link b, LAN by others',
    ]);
  });

  it('does not count what users have put in the place of schedules', () => {
    const key = `sha256:${'A'.repeat(43)}=`;
    const adjusted = { periodUs: 500, sliceUs: 50, statedPeriodUs: 1000, statedSliceUs: 100, key, atMs: 1 };
    const with_ = (each: VmSchedule) => fleet({ a: { ...host({}), schedules: new Map([[each.vm, each]]) } });
    expect(drift(with_(schedule), with_({ ...schedule, adjusted }))).toEqual([]);
    expect(drift(with_(schedule), with_({ ...schedule, sliceUs: 200 }))).toEqual([
      'a different schedule vm-1: 100 us in every 1 ms -> 200 us in every 1 ms by others',
    ]);
  });

  it('compares no host that is not connected', () => {
    const left = fleet({ a: host({ vms: ['vm-1'] }), b: host({}) });
    expect(drift(left, fleet({ a: host({}), b: host({}) }), ['b'])).toEqual([]);
  });

  it('finds nothing between a fleet and itself, and something between any two that differ', () => {
    const some = fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.record({
        vms: fc.uniqueArray(fc.constantFrom('vm-1', 'vm-2')),
        peers: fc.uniqueArray(fc.constantFrom('x', 'y')),
      }),
    );
    const made = (drawn: Record<string, { vms: string[]; peers: string[] }>) =>
      fleet(
        Object.fromEntries(
          ['a', 'b', 'c'].map((name) => {
            const { vms, peers } = drawn[name] ?? { vms: [], peers: [] };
            return [name, host({ vms, links: peers.map((peer) => end(peer)) })];
          }),
        ),
      );
    const shape = (state: FleetState) =>
      JSON.stringify(
        [...state].map(([name, { guests, links }]) => [name, [...guests.keys()].sort(), [...links.keys()].sort()]),
      );
    fc.assert(
      fc.property(some, some, (one, other) => {
        const [left, current] = [made(one), made(other)];
        expect(drift(left, made(one))).toEqual([]);
        expect(drift(left, current).length > 0).toBe(shape(left) !== shape(current));
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
