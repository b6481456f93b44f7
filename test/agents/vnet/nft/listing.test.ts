import { expect, it } from 'vitest';
import { hasChain, hasElement, hasLookup, readListing } from '../../../../agents/vnet/nft/listing.js';

const base = { family: 'netdev', table: 'vnet' };
const listing = readListing([
  { metainfo: { version: '1.0.6' } },
  { table: { family: 'netdev', name: 'vnet' } },
  { set: { ...base, name: 'counts', elem: [{ elem: { val: 7, counter: { packets: 1, bytes: 46 } } }] } },
  {
    map: {
      ...base,
      name: 'g1-address-address-7',
      elem: [[{ concat: ['02:00:00:00:00:01', '02:00:00:00:00:02'] }, { goto: { target: 'g1-to-p-2' } }]],
    },
  },
  { map: { ...base, name: 'g1-hops', elem: [[1, 0]] } },
  { chain: { ...base, name: 'in-p-1', hook: 'ingress' } },
  { chain: { ...base, name: 'g1-to-p-2' } },
  { rule: { ...base, chain: 'g1-to-p-2', expr: [{ set: { op: 'update', set: '@matrix-7' } }] } },
  { rule: { ...base, chain: 'g1-to-p-2', expr: [{ match: {} }, { goto: { target: 'g1-drop-split-horizon' } }] } },
  { rule: { ...base, chain: 'g1-to-p-2', expr: [{ fwd: { dev: 'p-2' } }] } },
  { rule: { ...base, chain: 'in-p-1', expr: [{ match: {} }, { dup: { addr: 'p-2' } }] } },
  { rule: { ...base, chain: 'in-p-1', expr: [{ jump: { target: 'x' } }] } },
  { rule: { ...base, chain: 'in-p-1', expr: [{ vmap: { key: {}, data: '@g1-address-address-7' } }] } },
]);
const chain = (...lines: string[]) => ({ name: 'g1-to-p-2', lines });

it('tells where chains lead, line by line', () => {
  expect(listing.chains.get('in-p-1')).toEqual(['dup p-2', 'jump x', 'vmap g1-address-address-7']);
  const lines = ['update @matrix-7 { ether saddr }', 'iifname "p-2" goto g1-drop-split-horizon', 'fwd to "p-2"'];
  expect(hasChain(listing, chain(...lines))).toBe(true);
  expect(hasChain(listing, chain(...lines.slice(0, 2), 'fwd to "p-3"'))).toBe(false);
  expect(hasChain(listing, chain(...lines, 'drop'))).toBe(false);
  expect(hasChain(listing, { name: 'g1-other', lines: [] })).toBe(false);
});

it('tells elements of maps and sets as they were given', () => {
  const key = '02:00:00:00:00:01 . 02:00:00:00:00:02';
  expect(hasElement(listing, 'g1-address-address-7', key, 'goto g1-to-p-2')).toBe(true);
  expect(hasElement(listing, 'g1-address-address-7', key, 'goto g1-to-p-3')).toBe(false);
  expect(hasLookup(listing, { name: 'g1-hops', type: 'mark : mark', elements: new Map([['1', '0']]) })).toBe(true);
  expect(hasLookup(listing, { name: 'g1-hops', type: 'mark : mark', elements: new Map() })).toBe(false);
  expect([...listing.sets]).toEqual(['counts']);
  expect(listing.lookups.get('counts')).toEqual(new Map([['7', '']]));
});
