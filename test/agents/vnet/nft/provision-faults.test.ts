import { expect, it } from 'vitest';
import {
  emptyState,
  reportedBound,
  withConfirmed,
  withEpoch,
  withProvided,
  withRetired,
  withSwitched,
} from '../../../../agents/vnet/nft/core-state.js';
import { provisionFaults } from '../../../../agents/vnet/nft/provision-faults.js';
import type { LinkEnd, NetworkAttachment } from '../../../../schema/generated/types.js';

const network: NetworkAttachment = { name: 'red', vni: 7, mtu: 1450, proxy: 'a' };
const link = (peer: string, more: Partial<LinkEnd> = {}): LinkEnd => ({
  peer,
  type: 'udp',
  local: '10.0.0.1',
  remote: '10.0.0.2',
  ...more,
});
const interfaces = new Map([['10.0.0.1', { device: 'eth0', mtu: 1500 }]]);
const messages = (links: LinkEnd[], networks = [network], state = emptyState) =>
  provisionFaults(state, networks, links, interfaces).faults.map(({ subject, message }) => `${subject}: ${message}`);

it('has one link a UDP port', () => {
  expect(messages([link('b'), link('c', { port: 5001 })])).toEqual([]);
  expect(messages([link('b'), link('c')])).toEqual([
    'c: Its UDP port 4789 is that of the link to b, and the nftables core needs one for each link: give it another `port`.',
  ]);
  const state = withProvided(emptyState, [network], [link('b')], 0);
  expect(messages([link('c')], [network], state)).toHaveLength(1);
  expect(messages([link('b', { port: 5001 }), link('c')], [network], state)).toEqual([]);
});

it('has no other links than udp, and none that the underlay cannot carry', () => {
  expect(messages([link('b', { type: 'tls' })])).toEqual([
    'b: The nftables core of this host has `udp` links alone, not `tls`: allow them to b.',
  ]);
  expect(messages([link('b', { local: '10.0.0.9' })])[0]).toContain(
    'No interface of this host has the address 10.0.0.9',
  );
  expect(messages([link('b')], [{ ...network, mtu: 1451 }])[0]).toContain('at most 1450 bytes');
});

it('accepts what is not at fault', () => {
  const twin = { ...network, name: 'blue' };
  const accepted = provisionFaults(emptyState, [network, twin], [link('b'), link('c')], interfaces);
  expect(accepted.networks).toEqual([network]);
  expect(accepted.links.map(({ peer }) => peer)).toEqual(['b']);
  expect(accepted.faults.map(({ kind }) => kind)).toEqual(['network', 'link']);
});

it('numbers peers once and for all', () => {
  const first = withProvided(emptyState, [], [link('b'), link('c', { port: 1 })], 5);
  expect(first.numbers).toEqual({ b: 1, c: 2 });
  const gone = withRetired(first, [], [link('c', { port: 1 })]);
  expect(gone.links.map((held) => held.link.peer)).toEqual(['c']);
  const again = withProvided(gone, [], [link('d', { port: 2 }), link('b')], 9);
  expect(again.numbers).toEqual({ b: 1, c: 2, d: 3 });
  expect(again.links.map(({ link: { peer }, sinceMs }) => [peer, sinceMs])).toEqual([
    ['c', 5],
    ['d', 9],
    ['b', 9],
  ]);
});

it('measures set-up and switches, and keeps the largest', () => {
  const waiting = withEpoch(withProvided(emptyState, [], [link('b'), link('c', { port: 1 })], 100), 'one', 100);
  expect(reportedBound(waiting)).toEqual({});
  const confirmed = withConfirmed(withSwitched(waiting, 12), (peer) => peer === 'b', 350);
  expect(confirmed.links.map(({ setUpMs }) => setUpMs)).toEqual([250, 0]);
  expect(withConfirmed(confirmed, (peer) => peer === 'b', 900)).toBe(confirmed);
  expect(reportedBound(withSwitched(confirmed, 5))).toEqual({
    bound: { switchMs: 12, links: [{ type: 'udp', setUpMs: 250 }] },
  });
  // The machine was off in between.
  const later = withConfirmed(withEpoch(confirmed, 'two', 10_000), () => true, 10_200);
  expect(later.links.map(({ setUpMs }) => setUpMs)).toEqual([250, 200]);
  expect(withEpoch(later, 'two', 20_000)).toBe(later);
});
