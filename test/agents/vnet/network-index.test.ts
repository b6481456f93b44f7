import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { largestNetworkIndex, NetworkIndex } from '../../../agents/vnet/network-index.js';
import type { NetworkAttachment } from '../../../schema/generated/types.js';

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'network-index-'));
  folders.push(made);
  return made;
};
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true });
});

const network = (vni: number): NetworkAttachment => ({ name: `net-${vni}`, vni, mtu: 1400, proxy: 'a' });
const range = (from: number, count: number) => Array.from({ length: count }, (_, at) => network(from + at));

describe('the index of networks', () => {
  it('numbers each network once and for as long as it is there, whatever comes and goes and restarts', () => {
    const sets = fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 12 }), { maxLength: 12 });
    fc.assert(
      fc.property(sets, (rounds) => {
        const place = folder();
        let before = new Map<number, number>();
        for (const vnis of rounds) {
          const index = new NetworkIndex(place);
          expect(index.assign(vnis.map(network))).toEqual([]);
          const now = new Map(index.numbers.map((each) => [each.vni, each.index]));
          expect([...now.keys()].sort()).toEqual([...vnis].sort());
          expect(new Set(now.values()).size).toBe(vnis.length);
          for (const [vni, number] of now) expect(before.get(vni) ?? number).toBe(number);
          const lines = index.numbers.map((each) => `${each.index} ${each.vni}\n`).join('');
          expect(readFileSync(index.tagsFile, 'utf8')).toBe(lines);
          before = now;
        }
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  it('gives a number away again only after all others', () => {
    const index = new NetworkIndex(folder());
    index.assign([network(7)]);
    index.assign([]);
    for (let vni = 100; vni < 100 + largestNetworkIndex - 1; vni++) {
      index.assign([network(vni)]);
      expect(index.indexOf(vni)).not.toBe(1);
    }
    index.assign([network(5)]);
    expect(index.indexOf(5)).toBe(1);
  });

  it('has room for 1023 networks and says so to the next', () => {
    const index = new NetworkIndex(folder());
    const faults = index.assign(range(1, largestNetworkIndex + 1));
    expect(faults).toEqual([
      { kind: 'network', subject: 'net-1024', message: expect.stringContaining('at most 1023') },
    ]);
    expect(index.numbers.length).toBe(largestNetworkIndex);
    expect(index.indexOf(1024)).toBeUndefined();
  });
});
