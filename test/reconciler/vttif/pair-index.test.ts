import { describe, expect, test } from 'vitest';
import { indexOf, withPairs } from '../../../reconciler/vttif/pair-index.js';

const rowsOf = (names: readonly string[], wanted: readonly string[]) => [...indexOf(names).rowsOf(wanted)];
const [ab, ba, cd, de] = ['net a b', 'net b a', 'net c d', 'net d e'];

describe('rows of pairs', () => {
  test('are places in a list of names that only gets longer', () => {
    const names = withPairs(
      [],
      [
        [ab, ba],
        [ba, cd],
      ],
    );
    expect(names).toEqual([ab, ba, cd]);
    expect(withPairs(names, [[cd], [ab]])).toBe(names);
    const longer = withPairs(names, [[cd, de]]);
    expect(longer).toEqual([ab, ba, cd, de]);
    expect(rowsOf(longer, [de, ab])).toEqual([3, 0]);
    expect(indexOf(longer).pairs[3]).toEqual({ name: de, network: 'net', source: 'd', destination: 'e' });
  });

  test('follow from the list alone, also where another that begins like it was made longer in another way', () => {
    const names = withPairs([], [[ab]]);
    const [one, other, same] = [withPairs(names, [[cd, de]]), withPairs(names, [[de, cd]]), withPairs(names, [[cd]])];
    expect([one, other, same]).toEqual([
      [ab, cd, de],
      [ab, de, cd],
      [ab, cd],
    ]);
    expect([rowsOf(one, [cd]), rowsOf(other, [cd]), rowsOf(same, [cd])]).toEqual([[1], [2], [1]]);
    expect(withPairs(same, [[de]])).toEqual([ab, cd, de]);
  });

  test('are known of no other pair', () => {
    expect(() => rowsOf([ab], [cd])).toThrow('there is no row for net c d');
  });
});
