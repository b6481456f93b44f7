import { expect, test } from 'vitest';
import type { FleetState } from '../../reconciler/model/fleet-state.js';
import { emptyHost } from '../../reconciler/model/fleet-state.js';
import type { SnapshotVm } from '../../reconciler/model/snapshot.js';
import { Routes } from '../../reconciler/routes.js';
import type { LinkEnd, Rule } from '../../schema/generated/types.js';
import { guestSpec, type Star, starHost } from '../agents/star.js';

const hosts = ['a', 'b', 'p'];
const link = (peer: string): LinkEnd => ({ peer, type: 'udp', local: '10.0.0.1', remote: '10.0.0.2' });
const guests = [guestSpec(1, 'net'), guestSpec(2, 'net')];
const star: Star = {
  network: { name: 'net', vni: 1, mtu: 1450, proxy: 'p' },
  hosts,
  placement: guests.map((guest, index) => ({ guest, host: hosts[index] ?? '' })),
  linkEnd: (_, peer) => link(peer),
};
const ruleName = (rule: Rule) => `${rule.network} ${rule.source} ${rule.destination}`;
const current: FleetState = new Map(
  hosts.map((host) => {
    const { networks, links, guests, rules } = starHost(star, host);
    const config = {
      ...emptyHost(),
      networks: new Map(networks.map((each) => [each.name, each])),
      links: new Map(links.map((each) => [each.peer, each])),
      guests: new Map(guests.map((each) => [each.name, each])),
      rules: new Map(rules.map((each) => [ruleName(each), each])),
    };
    return [host, config];
  }),
);
const vms = guests.map(
  (spec, index): SnapshotVm => ({
    ...{ name: spec.name, set: 'vms', spec, pin: null, sites: null, initialHost: null },
    host: hosts[index] ?? null,
  }),
);
const [first, second] = guests.map(({ mac }) => mac);
const pair = (source = '', destination = '') => ({ network: 'net', source, destination });

test('routes are as the tables lead, the same list for the same pair, and tell their hops', () => {
  const routes = new Routes(current, vms);
  expect([...routes.hops.values()]).toEqual([]);
  const there = routes.of(7, pair(first, second));
  expect(there).toEqual(['a', 'p', 'b']);
  expect(routes.of(7, pair(first, second))).toBe(there);
  expect([...routes.hops.values()]).toEqual([
    { from: 'a', to: 'p' },
    { from: 'p', to: 'b' },
  ]);
});

test('there is none for frames that do not arrive, or that no VM sends', () => {
  const routes = new Routes(current, vms);
  expect(routes.of(0, pair('02:00:00:00:00:77', second))).toBeNull();
  expect(routes.of(1, pair(first, '02:00:00:00:00:77'))).toBeNull();
  expect([...routes.hops.values()]).toEqual([]);
});

test('whatever the order in which pairs are asked for, each has its own route', () => {
  const routes = new Routes(current, vms);
  const [there, back, nowhere] = [pair(first, second), pair(second, first), pair(first, '02:00:00:00:00:77')];
  const expected = new Map([
    [there, ['a', 'p', 'b']],
    [back, ['b', 'p', 'a']],
    [nowhere, null],
  ]);
  for (const each of [there, back, nowhere, there, back, back, nowhere, there, there, nowhere, back])
    expect(routes.of([...expected.keys()].indexOf(each), each)).toEqual(expected.get(each));
});
