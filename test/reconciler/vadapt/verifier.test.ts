import { describe, expect, it } from 'vitest';
import type { PlacementProblem, Solved } from '../../../schema/generated/types.js';
import { readProblem } from '../../../schema/problem/read-problem.js';
import { faultsOf } from './verifier.js';
import { standardScore } from './verifier-traffic.js';

/** Three hosts in a row, a shared trunk, and a VM on each; all figures of the answer below are worked out by hand. */
function problem(): PlacementProblem {
  return {
    format_version: '1',
    hosts: [
      { name: 'a', site: 'x', computeCores: 4, memoryMib: 4096, diskGib: 50, maxGuests: 1, internalMbps: 500 },
      { name: 'b', site: 'x', computeCores: 2, memoryMib: 2048 },
      { name: 'c', site: 'y' },
    ],
    vms: [
      {
        name: 'u',
        host: 'c',
        computeCores: 2,
        memoryMib: 2048,
        diskGib: 40,
        migration: { stateMib: 1000, dirtyMbps: 10 },
      },
      { name: 'v', host: 'b', computeCores: 2, memoryMib: 2048 },
      { name: 'w' },
    ],
    demands: [
      { from: 'u', to: 'v', rateMbps: 30, maxLatencyMs: 5 },
      { from: 'u', to: 'w', rateMbps: 40 },
    ],
    network: {
      shared: [{ name: 'trunk', capacityMbps: 50 }],
      links: [
        { from: 'a', to: 'b', capacityMbps: 100, latencyMs: 5 },
        { from: 'b', to: 'c', through: ['trunk'], latencyMs: 1 },
        { from: 'a', to: 'c', capacityMbps: 60, through: ['trunk'], latencyMs: 1, isReserved: true },
        { from: 'c', to: 'a', capacityMbps: 110 },
      ],
      star: 'b',
    },
    objective: {
      level: 'path',
      goal: 'maximise',
      expression: 'sum(bottleneck) - 2Mbps / 1ms * sum(pathLatency)',
      tieBreaks: [{ goal: 'minimise', expression: 'sum(migration) + 1s * reservedLinks' }],
    },
    limits: { moves: 1, migrationSeconds: 84, migrationMib: 1000, fastPathLinks: { count: 1 } },
  };
}

/** 100 - 30 and 50 - 40 are left, latencies are 5 and 1; u is carried in 1000 MiB * 8.388608 / (110 - 10) Mb/s. */
function answer(): Solved {
  return {
    ...{ format_version: '1', kind: 'solution', algorithm: 'by hand', seed: 1, iterations: 1, tried: 1 },
    mapping: [
      { vm: 'u', host: 'a', from: 'c' },
      { vm: 'v', host: 'b' },
      { vm: 'w', host: 'c' },
    ],
    paths: [
      { from: 'u', to: 'v', hosts: ['a', 'b'] },
      { from: 'u', to: 'w', hosts: ['a', 'c'] },
    ],
    unmetMbps: 0,
    objective: [
      {
        ...{
          goal: 'maximise',
          expression: 'sum(bottleneck) - 2Mbps / 1ms * sum(pathLatency)',
          unit: 'Mb/s',
          value: 68,
        },
        terms: [
          { expression: 'sum(bottleneck)', value: 80 },
          { expression: '-2Mbps / 1ms * sum(pathLatency)', value: -12 },
        ],
      },
      {
        ...{ goal: 'minimise', expression: 'sum(migration) + 1s * reservedLinks', unit: 'ms', value: 84886.08 },
        terms: [{ expression: 'sum(migration) + 1s * reservedLinks', value: 84886.08 }],
      },
    ],
    bound: { unmetMbps: 0, value: 80 },
    gap: 12 / 80,
    isProved: false,
  };
}

type Change = (file: Required<PlacementProblem>, answer: Solved) => void;

function judged(change: Change): string[] {
  const [file, given] = [problem() as Required<PlacementProblem>, answer()];
  change(file, given);
  expect(readProblem({ path: 'p', text: JSON.stringify(file) }).kind).toBe('problem');
  return faultsOf(file, given);
}

const links = (file: PlacementProblem) =>
  (file.network as Extract<PlacementProblem['network'], { links: unknown }>).links;

describe('the verifier', () => {
  it('finds nothing wrong with an answer that was worked out by hand', () => {
    expect(judged(() => undefined)).toEqual([]);
  });

  it.each<[string, Change, string]>([
    ['compute', ({ hosts }) => Object.assign(hosts[0] as object, { computeCores: 1 }), 'computeCores of a'],
    ['memory', ({ vms }) => Object.assign(vms[1] as object, { memoryMib: 2049 }), 'memoryMib of b'],
    ['disk', ({ hosts }) => Object.assign(hosts[0] as object, { diskGib: 39 }), 'diskGib of a'],
    ['guests', ({ hosts }) => Object.assign(hosts[0] as object, { maxGuests: 0 }), 'maxGuests of a'],
    ['a pin', ({ vms }) => Object.assign(vms[2] as object, { pin: 'b' }), 'pin of w'],
    ['hosts', ({ vms }) => Object.assign(vms[2] as object, { hosts: ['a', 'b'] }), 'hosts of w'],
    ['sites', ({ vms }) => Object.assign(vms[2] as object, { sites: ['x'] }), 'sites of w'],
    [
      'together',
      (file) => Object.assign(file, { groups: [{ name: 'g', kind: 'together', vms: ['u', 'v'] }] }),
      'group g',
    ],
    [
      'apart',
      (file) => Object.assign(file, { groups: [{ name: 'g', kind: 'apart', within: 'site', vms: ['u', 'v'] }] }),
      'group g',
    ],
    ['moves', ({ limits }) => Object.assign(limits, { moves: 0 }), 'moves: 1'],
    ['seconds', ({ limits }) => Object.assign(limits, { migrationSeconds: 83 }), 'migrationSeconds'],
    ['MiB', ({ limits }) => Object.assign(limits, { migrationMib: 999 }), 'migrationMib'],
    ['seconds of a VM', ({ vms }) => Object.assign(vms[0]?.migration as object, { maxSeconds: 80 }), 'maxSeconds of u'],
    ['links', ({ limits }) => Object.assign(limits, { fastPathLinks: { count: 0 } }), 'fastPathLinks: 1 links'],
    [
      'intensity',
      ({ limits }) => Object.assign(limits, { fastPathLinks: { intensityShare: 0.5 } }),
      'fastPathLinks: 40 Mb/s',
    ],
    [
      'bandwidth',
      ({ limits }) => Object.assign(limits, { fastPathLinks: { bandwidthMbps: 39 } }),
      'fastPathLinks: 40 Mb/s',
    ],
  ])('finds that a constraint on %s is broken', (_what, change, told) => {
    expect(judged(change)).toEqual([told]);
  });

  it.each<[string, Change, RegExp]>([
    ['a VM is missing', (_, { mapping }) => mapping.pop(), /not one of all VMs/],
    ['a host does not exist', (_, { mapping }) => Object.assign(mapping[0] as object, { host: 'z' }), /not one of all/],
    ['where a VM came from is wrong', (_, { mapping }) => delete mapping[0]?.from, /from of u/],
    ['a path is missing', (_, { paths }) => paths.pop(), /not one for each demand/],
    ['a path ends elsewhere', (_, { paths }) => paths[0]?.hosts.push('c'), /does not join/],
    ['a path turns back', (_, { paths }) => paths[1]?.hosts.splice(1, 0, 'b', 'a', 'b'), /twice/],
    ['a path takes a link that is none', (_, { paths }) => paths[0]?.hosts.splice(1, 0, 'c'), /misses a link/],
    ['the unmet demand', (_, given) => Object.assign(given, { unmetMbps: 1 }), /unmetMbps is 0, not 1/],
    ['the value', (_, { objective }) => Object.assign(objective[0] as object, { value: 69 }), /rank 0 is 68/],
    ['a tie-break', (_, { objective }) => Object.assign(objective[1] as object, { value: 0 }), /rank 1 is 84886/],
    ['a term', (_, { objective }) => Object.assign(objective[0]?.terms[0] as object, { value: 79 }), /add up to 67/],
    ['the bound', (_, { bound }) => Object.assign(bound, { value: 67 }), /better than its bound/],
    ['the bound of unmet demand', (_, { bound }) => Object.assign(bound, { unmetMbps: 1 }), /less is unmet/],
    ['the gap', (_, given) => Object.assign(given, { gap: 0 }), /the gap is not 0/],
    ['the proof', (_, given) => Object.assign(given, { isProved: true }), /proved, with a gap/],
    ['latency', ({ demands }) => Object.assign(demands[0] as object, { maxLatencyMs: 4 }), /unmetMbps is 30/],
    ['overload', (file) => Object.assign(links(file)[0] as object, { capacityMbps: 20 }), /unmetMbps is 10/],
    [
      'a shared bottleneck',
      (file) => Object.assign(links(file)[0] as object, { through: ['trunk'] }),
      /unmetMbps is 20/,
    ],
  ])('finds where an answer is wrong: %s', (_what, change, told) => {
    expect(judged(change).join('; ')).toMatch(told);
  });

  it('asks capacities and rates that deviate for room as often as they are to be met', () => {
    const deviates: Change = (file) => {
      Object.assign(file, { confidence: 0.975 });
      Object.assign(file.demands[0] as object, { deviationMbps: 30 });
      Object.assign(links(file)[0] as object, { deviationMbps: 40 });
    };
    // 30 + 1.96 * 50 of 100 Mb/s: 28 / 128 of 30 Mb/s is unmet.
    expect(judged(deviates)[0]).toMatch(/^unmetMbps is 6\.56/);
    expect([0.5, 0.84134475, 0.97500210485, 0.9986501].map(standardScore)).toEqual(
      [0, 1, 1.96, 3].map((z) => expect.closeTo(z, 5)),
    );
  });
});
