import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applicationsOf } from '../../../reconciler/vttif/applications.js';
import { classify } from '../../../reconciler/vttif/classify.js';
import { allToAll, bus, type Edges, entriesOf, grid, ring, star, tree } from './shapes.js';

/** Examples of each pattern, of sizes at which it is no other. */
const examples: [string, string, Edges][] = [
  ['ring', 'of 4', ring(4)],
  ['ring', 'of 64', ring(64)],
  ['bus', 'of 4', bus(4)],
  ['bus', 'of 100', bus(100)],
  ['star', 'of 4', star(4)],
  ['star', 'of 200', star(200)],
  ['all-to-all', 'of 4', allToAll(4)],
  ['all-to-all', 'of 40', allToAll(40)],
  ['tree', 'of 7', tree(7)],
  ['tree', 'of 127', tree(127)],
  ['mesh', '3 x 2', grid([3, 2], false)],
  ['mesh', '4 x 4', grid([4, 4], false)],
  ['mesh', '20 x 3', grid([20, 3], false)],
  ['mesh', '3 x 4 x 5', grid([3, 4, 5], false)],
  ['torus', '3 x 3', grid([3, 3], true)],
  ['torus', '4 x 4', grid([4, 4], true)],
  ['torus', '12 x 5', grid([12, 5], true)],
  ['torus', '4 x 4 x 4', grid([4, 4, 4], true)],
  ['torus', '5 x 4 x 3', grid([5, 4, 3], true)],
];

/** Patterns that two names fit: the one that is taken. */
const ambiguous: [string, string, Edges][] = [
  ['bus', 'two VMs', bus(2)],
  ['bus', 'a star of three', star(3)],
  ['all-to-all', 'a ring of three', ring(3)],
  ['ring', 'a mesh of 2 x 2', grid([2, 2], false)],
  ['bus', 'a binary tree of four', tree(4)],
  ['mesh', 'the edges of a cube', grid([4, 2], true)],
];

const nameless: [string, Edges][] = [
  ['a triangle with a tail', [...ring(3), [2, 3]]],
  ['four with all but one edge', allToAll(4).slice(1)],
  ['two triangles that share a VM', [...ring(3), [2, 3], [3, 4], [4, 2]]],
  ['a circle with all chords of two', [...ring(12), ...ring(12).map(([a]): [number, number] => [a, (a + 2) % 12])]],
  ['three by three', [0, 1, 2].flatMap((a) => [3, 4, 5].map((b): [number, number] => [a, b]))],
  [
    'two groups joined by one edge',
    [...allToAll(8), ...allToAll(8).map(([a, b]): [number, number] => [a + 8, b + 8]), [7, 8]],
  ],
];

describe('classification', () => {
  test.each(examples)('%s %s', (shape, _, edges) => {
    expect(classify(entriesOf(edges))).toEqual({ shape, confidence: 1 });
  });

  test.each(ambiguous)('%s is the name of %s', (shape, _, edges) => {
    expect(classify(entriesOf(edges)).shape).toBe(shape);
  });

  test.each(nameless)('no name for %s', (_, edges) => {
    expect(classify(entriesOf(edges)).shape).toBe('none');
  });

  test('does not depend on which VM is where, on the direction of edges, on their order, or on rates', () => {
    const cases = [...examples, ...nameless.map(([name, edges]): [string, string, Edges] => ['none', name, edges])];
    const small = cases.filter(([, , edges]) => edges.length < 130);
    fc.assert(
      fc.property(
        fc.constantFrom(...small),
        fc.infiniteStream(fc.nat(0xffff)),
        fc.double({ min: 0.01, max: 1000, noNaN: true }),
        (example, noise, scale) => {
          const [shape, , edges] = example;
          const draw = () => noise.next().value as number;
          const size = 1 + Math.max(...edges.flat());
          const order = Array.from({ length: size }, (_, vm) => ({ vm, key: draw() }))
            .sort((a, b) => a.key - b.key)
            .map(({ vm }) => vm);
          const turned = edges
            .map(([a, b]): { edge: [number, number]; key: number } => ({
              edge: draw() % 2 ? [a, b] : [b, a],
              key: draw(),
            }))
            .sort((a, b) => a.key - b.key)
            .map(({ edge }) => edge);
          const rates = (index: number) => scale * (1 + (index % 5));
          expect(classify(entriesOf(turned, rates, order)).shape).toBe(shape);
        },
      ),
      { seed: 41, numRuns: 300 },
    );
  });

  test('both directions of an edge are one; what a VM sends to itself is none', () => {
    const both = ring(8).flatMap(
      ([a, b]): Edges => [
        [a, b],
        [b, a],
        [a, a],
      ],
    );
    expect(classify(entriesOf(both, (index) => 1 + (index % 3)))).toEqual({ shape: 'ring', confidence: 1 });
  });

  const strained: [string, Edges, Edges][] = [
    ['ring', ring(16), [[2, 9]]],
    ['bus', bus(16), [[2, 9]]],
    ['star', star(16), [[2, 9]]],
    ['tree', tree(31), [[17, 30]]],
    ['mesh', grid([5, 5], false), [[0, 18]]],
    ['torus', grid([5, 5], true), [[0, 18]]],
  ];

  test.each(strained)(
    'a %s with an edge too many is still one, with less confidence; the less, the heavier the edge',
    (shape, edges, more) => {
      const seen = [0.2, 1].map((rate) =>
        classify(entriesOf([...edges, ...more], (index) => (index < edges.length ? 1 : rate))),
      );
      expect(seen.map((each) => each.shape)).toEqual([shape, shape]);
      const [light = 1, heavy = 1] = seen.map(({ confidence }) => confidence);
      expect(light).toBeLessThan(1);
      expect(heavy).toBeLessThan(light);
    },
  );

  test.each([
    ['all-to-all', allToAll(16)],
    ['mesh', grid([6, 6], false)],
    ['torus', grid([6, 6], true)],
    ['torus', grid([4, 4, 4], true)],
  ])('a %s of which an edge is missing is still one, with less confidence', (shape, edges) => {
    const seen = classify(entriesOf(edges.toSpliced(7, 1)));
    expect(seen.shape).toBe(shape);
    expect(seen.confidence).toBeLessThan(1);
  });

  test('a mesh of 512 VMs takes no search', () => {
    expect(classify(entriesOf(grid([8, 8, 8], false)))).toEqual({ shape: 'mesh', confidence: 1 });
  });
});

describe('applications', () => {
  test('are the connected parts of what is not pruned, by network and address', () => {
    const here = entriesOf(ring(5), () => 10);
    const there = entriesOf(star(4), () => 4).map((entry) => ({ ...entry, network: 'other' }));
    const chatter = entriesOf([[0, 2]], () => 0.1);
    const seen = applicationsOf([...there, ...chatter, ...here], 0.1);
    expect(seen.map(({ network, vms, shape }) => [network, vms.length, shape])).toEqual([
      ['net', 5, 'ring'],
      ['other', 4, 'star'],
    ]);
    expect(seen[0]?.vms).toEqual([...(seen[0]?.vms ?? [])].sort());
  });

  test('confidence falls when entries are near the threshold, on either side', () => {
    const confidence = (lightest: number, besideMbps: number) =>
      applicationsOf(
        [...entriesOf(ring(12), (index) => (index === 3 ? lightest : 10)), ...entriesOf([[0, 6]], () => besideMbps)],
        0.1,
      )[0]?.confidence ?? 0;
    expect(confidence(10, 0.01)).toBe(1);
    expect(confidence(1.1, 0.01)).toBeLessThan(0.95);
    expect(confidence(10, 0.95)).toBeLessThan(0.95);
  });
});
