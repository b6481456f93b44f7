import { describe, expect, test } from 'vitest';
import { pairName, pairNamed } from '../../../reconciler/model/pair.js';
import { saturatedFlows, usesOver } from '../../../reconciler/model/saturation.js';
import { underlayOf } from '../../../reconciler/model/underlay.js';
import { fig14Hosts, fig14Underlays } from '../fig14-inventory.js';

const underlay = underlayOf(fig14Hosts, fig14Underlays);
const paths: Record<string, string[]> = {
  'a b': ['host-2', 'host-1', 'host-4'],
  'b a': ['host-4', 'host-2'],
  'b c': ['host-4', 'host-5'],
  'c b': ['host-5', 'host-1', 'host-4'],
  'd e': ['host-3', 'host-9'],
  'f g': ['host-6'],
};
const usesOf = usesOver(underlay, fig14Hosts);
function saturated(rates: Record<string, number>, share?: number): string[] {
  const pairs = Object.keys(rates);
  const usesAt = (place: number) => {
    const path = paths[pairs[place] ?? ''];
    return path ? usesOf(path) : null;
  };
  const held = saturatedFlows(Float64Array.from(Object.values(rates)), usesAt, underlay, share);
  return pairs.filter((_, place) => held[place] === 1);
}

describe('saturated pairs', () => {
  test('are those whose path crosses a resource at four fifths of its capacity or more', () => {
    expect(saturated({ 'a b': 7.9, 'b a': 8, 'b c': 700 })).toEqual(['b a']);
    expect(saturated({ 'a b': 7.9, 'b a': 8, 'b c': 800 })).toEqual(['b a', 'b c']);
  });

  test('share the load of a trunk that all their paths cross, each direction on its own', () => {
    expect(saturated({ 'a b': 4, 'c b': 4, 'b a': 1 })).toEqual(['a b', 'c b']);
    expect(saturated({ 'a b': 4, 'c b': 3, 'b a': 1 })).toEqual([]);
  });

  test('the share is a parameter', () => {
    expect(saturated({ 'a b': 4 }, 0.4)).toEqual(['a b']);
  });

  test('co-located VMs saturate only the inside of their host', () => {
    expect(saturated({ 'f g': 7999 })).toEqual([]);
    expect(saturated({ 'f g': 8000 })).toEqual(['f g']);
  });

  test('a pair without a path, or over a host that has left, loads nothing', () => {
    expect(saturated({ 'x y': 1e6, 'd e': 1e6 })).toEqual([]);
  });
});

test('the name of a pair reads back', () => {
  const pair = { network: 'net', source: '02:00:00:00:00:01', destination: '02:00:00:00:00:02' };
  expect(pairNamed(pairName(pair))).toEqual(pair);
  expect(() => pairNamed('net 02:00:00:00:00:01')).toThrow('not the name of a pair');
});
