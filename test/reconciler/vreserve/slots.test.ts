import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slots } from '../../../reconciler/vreserve/slots.js';

const names = fc.uniqueArray(fc.integer({ min: 0, max: 999 }), { maxLength: 60 }).map((list) => list.map(String));

describe('slots', () => {
  it('are unique and in range, in whatever order the names come', () => {
    fc.assert(
      fc.property(names, fc.integer({ min: 60, max: 120 }), (list, size) => {
        const found = slots(list, size);
        expect(new Set(found.values()).size).toBe(list.length);
        for (const slot of found.values()) expect(slot >= 0 && slot < size).toBe(true);
        expect(slots([...list].reverse(), size)).toEqual(found);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('stay when another name comes that does not compete', () => {
    const before = slots(['a', 'b', 'c'], 2 ** 21);
    expect(Object.fromEntries(slots(['a', 'b', 'c', 'd'], 2 ** 21))).toMatchObject(Object.fromEntries(before));
  });

  it('go to the names that come first in the alphabet when there are too few', () => {
    expect([...slots(['c', 'b', 'a'], 2).keys()]).toEqual(['a', 'b']);
  });
});
