import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leastKeptShare, prune } from '../../../reconciler/vttif/prune.js';
import { parameters, type Rates, Watched } from './watched.js';

const all = (n: number) => Array.from({ length: n }, (_, i) => i);
const both = (edges: [number, number][]): [number, number][] =>
  edges.flatMap(([a, b]) => [
    [a, b],
    [b, a],
  ]);

/** Who talks to whom in the patterns of parallel programs, on sixteen VMs. */
const patterns: Record<string, [number, number][]> = {
  ring: both(all(16).map((i) => [i, (i + 1) % 16])),
  bus: both(all(15).map((i) => [i, i + 1])),
  mesh: both(
    all(16).flatMap((i): [number, number][] => [
      ...(i % 4 < 3 ? [[i, i + 1] as [number, number]] : []),
      ...(i < 12 ? [[i, i + 4] as [number, number]] : []),
    ]),
  ),
  toroid: both(
    all(16).flatMap((i): [number, number][] => [
      [i, i - (i % 4) + ((i + 1) % 4)],
      [i, (i + 4) % 16],
    ]),
  ),
  'all-to-all': all(16).flatMap((i) =>
    all(16)
      .filter((j) => j !== i)
      .map((j): [number, number] => [i, j]),
  ),
  'reduction tree': all(15).map((i) => [i + 1, i >> 1]),
};

/** The pattern at uneven rates over a chatter of everybody with everybody, as one would measure it. */
function measured(edges: [number, number][]): Rates {
  const chatter = all(16).flatMap((i) =>
    all(16)
      .filter((j) => j !== i)
      .map((j) => [`${i} ${j}`, 0.2 + ((7 * i + j) % 5) / 20]),
  );
  const pattern = edges.map(([a, b], i) => [`${a} ${b}`, 20 + ((i * 37) % 21)]);
  return Object.fromEntries([...chatter, ...pattern]);
}
const sorted = (edges: [number, number][]) => [...new Set(edges.map((edge) => edge.join(' ')))].sort();

function entry(pair: string, rateMbps: number) {
  const [source = '', destination = ''] = pair.split(' ');
  return { network: 'net', source, destination, rateMbps };
}

describe('application topology', () => {
  test.each(Object.keys(patterns))('recovers a %s, whatever the threshold in a wide range', (name) => {
    const edges = patterns[name] ?? [];
    for (const pruneThreshold of [0.02, 0.1, 0.3, 0.45]) {
      const watched = new Watched({ pruneThreshold }).run(21, measured(edges));
      expect(Object.keys(watched.declared()).sort()).toEqual(sorted(edges));
    }
  });

  test.each([0.05, 0.1, 0.2, 0.4, 0.6])(
    'a change of pattern is noticed, at most once on the way, at detection threshold %f',
    (detectionThreshold) => {
      const watched = new Watched({ detectionThreshold }).run(60, measured(patterns.ring ?? []));
      watched.run(120, measured(patterns.toroid ?? []));
      const changes = watched.declaredAt.filter((atMs) => atMs > 60_000);
      // At a low threshold a half-way mix of both patterns may be declared before the whole.
      expect(changes.length).toBeGreaterThanOrEqual(1);
      expect(changes.length).toBeLessThanOrEqual(2);
      expect(Object.keys(watched.declared()).sort()).toEqual(sorted(patterns.toroid ?? []));
    },
  );

  test('pruning keeps entries of the threshold’s share of the largest', () => {
    const entries = [10, 1, 0.99, 0].map((rateMbps, place) => entry(`a ${place}`, rateMbps));
    expect(prune(entries, 0.1).map(({ rateMbps }) => rateMbps)).toEqual([10, 1]);
    expect(prune(entries, 0).map(({ rateMbps }) => rateMbps)).toEqual([10, 1, 0.99]);
    expect(prune([], parameters.pruneThreshold)).toEqual([]);
  });

  test('pruning compares what was seen, too: what some are presumed to want makes the others no smaller', () => {
    const entries = [{ ...entry('a b', 48), seenMbps: 3 }, entry('b a', 2), entry('a c', 0.2)];
    expect(prune(entries, 0.1).map(({ rateMbps }) => rateMbps)).toEqual([48, 2]);
  });

  test('pruning compares entries of one application with one another, not with those of a larger one beside it', () => {
    const entries = [entry('a b', 100), entry('c d', 12), entry('d c', 2), entry('d e', 9)];
    expect(prune(entries, 0.1).map(({ rateMbps }) => rateMbps)).toEqual([100, 12, 2]);
  });

  test('pruning keeps a small application apart from the largest one, unless it is a trickle', () => {
    const entries = [entry('a b', 100), entry('c d', 5), entry('d c', 0.6), entry('d e', 0.4), entry('f g', 0.9)];
    expect(prune(entries, 0.1).map(({ rateMbps }) => rateMbps)).toEqual([100, 5, 0.6]);
    const joined = [...entries, entry('b c', 0.3)];
    expect(prune(joined, 0.1).map(({ rateMbps }) => rateMbps)).toEqual([100, 5, 0.6]);
  });

  test('pruning takes what joins VMs of no application with all others for background, however many they are', () => {
    const vms = [...'abcdef'];
    const noise = vms.flatMap((from) => vms.filter((to) => to !== from).map((to) => entry(`${from} ${to}`, 3)));
    const entries = [entry('a b', 100), entry('b a', 50), ...noise.slice(2)];
    expect(prune(entries, 0.1).map(({ rateMbps }) => rateMbps)).toEqual([100, 50]);
    const joined = [entry('a b', 100), entry('c d', 5), entry('d c', 0.6), entry('b c', 0.5)];
    expect(prune(joined, 0.1).map(({ rateMbps }) => rateMbps)).toEqual([100]);
  });

  test('pruning leaves nothing smaller than it says', () => {
    const vm = fc.constantFrom(...'abcdefgh');
    const rate = fc.double({ min: -3, max: 3, noNaN: true }).map((power) => 10 ** power);
    const matrix = fc.uniqueArray(fc.tuple(vm, vm, rate), { minLength: 1, selector: ([a, b]) => `${a} ${b}` });
    fc.assert(
      fc.property(matrix, fc.constantFrom(0.05, 0.1, 0.3), (rates, threshold) => {
        const entries = rates.map(([a, b, rateMbps]) => entry(`${a} ${b}`, rateMbps));
        const least = leastKeptShare(threshold) * Math.max(...entries.map(({ rateMbps }) => rateMbps));
        const kept = prune(entries, threshold);
        expect(kept.length).toBeGreaterThan(0);
        for (const { rateMbps } of kept) expect(rateMbps).toBeGreaterThanOrEqual(least * (1 - 1e-9));
      }),
      { seed: 19, numRuns: 300 },
    );
  });

  test('pruning keeps what is held back: nobody knows how large it is', () => {
    const entries = [
      entry('a b', 100),
      { ...entry('c d', 2), origin: 'at-least' },
      { ...entry('d e', 2), origin: 'observed' },
    ];
    expect(prune(entries, 0.1)).toEqual(entries.slice(0, 2));
    expect(prune([entry('a b', 100), { ...entry('c d', 0.9), origin: 'at-least' }], 0.1)).toHaveLength(1);
  });
});
