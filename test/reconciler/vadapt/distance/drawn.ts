import fc from 'fast-check';
import type { Distances, Problem, ProblemGroup } from '../../../../reconciler/model/problem.js';
import { readObjective } from '../../../../schema/objective/read-objective.js';

/** Ranks of an objective at path level, as they would be written; those that begin with `-` are maximised. */
export function ranksOf(...written: string[]): NonNullable<Problem['objective']['ranks']> {
  return written.flatMap((text) => {
    const goal = text.startsWith('-') ? 'maximise' : 'minimise';
    const read = readObjective({ level: 'path', goal, expression: text.replace(/^-/, '') });
    if (read.kind === 'refused') throw new Error(`${text}: ${read.faults.map(({ summary }) => summary).join(' ')}`);
    return read.ranks;
  });
}

/** Objectives of every form: by pairs, by hosts, by moves, mixed, and such as are evaluated from all rows. */
export const written = [
  ...['sum(demand * pathLatency)', 'sum(hops)', 'sum(demand * pathLatency) + 5Mbps * 1ms * moves', '-sum(pathLatency)'],
  ...['deviation(computeUse) + deviation(memoryUse)', 'hostsUsed + 0.01 * moves', 'max(guests) - min(guests)'],
  ...['2 * hostsUsed + mean(pathLatency) / 1ms', 'mean(max(0ms, pathLatency - 2ms))', 'max(pathLatency)', 'sum(unmet)'],
  ...['-max(computeUse) * sum(hops)', 'sum(max(load))', '-min(demand) + 1Mbps * deviation(guests)'],
] as const;

const optional = <T>(value: fc.Arbitrary<T>, frequency = 2): fc.Arbitrary<T | null> =>
  fc.option(value, { freq: frequency });

/** Small problems with constraints of every kind. */
export const drawnProblem: fc.Arbitrary<Problem> = fc
  .record({ hosts: fc.integer({ min: 1, max: 4 }), vms: fc.integer({ min: 1, max: 5 }) })
  .chain(({ hosts, vms }) =>
    fc.record({
      hosts: fc.array(drawnHost, { minLength: hosts, maxLength: hosts }),
      vms: fc.array(drawnVm(hosts), { minLength: vms, maxLength: vms }),
      demands: fc.array(drawnDemand(vms), { maxLength: 8 }),
      distances: drawnDistances(hosts),
      ranks: fc.subarray([...written], { minLength: 1, maxLength: 2 }).map((texts) => ranksOf(...texts)),
      groups: vms < 2 ? fc.constant<ProblemGroup[]>([]) : fc.array(drawnGroup(vms), { maxLength: 2 }),
      moves: optional(fc.integer({ min: 0, max: 3 })),
      mib: optional(fc.integer({ min: 0, max: 300 }), 4),
    }),
  )
  .map(({ hosts, vms, demands, distances, ranks, groups, moves, mib }) => ({
    hosts: hosts.map(({ diskGib, site, ...host }, place) => ({
      ...{ ...host, name: `h${place}`, internal: 0 },
      ...(diskGib !== null && { diskGib }),
      ...(site !== null && { site }),
    })),
    vms: vms.map((vm, place) => ({ ...vm, name: `v${place}`, proxy: 0 })),
    demands: demands.map(({ maxLatencyMs, ...demand }) => ({
      ...demand,
      ...(maxLatencyMs !== null && { maxLatencyMs }),
    })),
    ...{ distances, groups, resources: [], edges: [], fastPath: null },
    objective: { level: 'path', goal: 'minimise', ranks },
    migrationBudget: { ...(moves !== null && { moves }), ...(mib !== null && { mib }) },
  }));

const drawnHost = fc.record({
  computeCores: fc.integer({ min: 1, max: 6 }),
  memoryMib: fc.integer({ min: 2, max: 8 }),
  diskGib: optional(fc.integer({ min: 1, max: 6 }), 4),
  maxGuests: optional(fc.integer({ min: 1, max: 4 }), 4),
  site: optional(fc.integer({ min: 0, max: 1 })),
});

const drawnVm = (hosts: number) =>
  fc.record({
    computeCores: fc.integer({ min: 0, max: 3 }),
    memoryMib: fc.integer({ min: 0, max: 3 }),
    diskGib: fc.integer({ min: 0, max: 1 }),
    current: optional(fc.integer({ min: 0, max: hosts - 1 })),
    allowed: fc.subarray([...Array(hosts).keys()], { minLength: Math.ceil(hosts / 2) }),
    migration: fc.record({ stateMib: fc.integer({ min: 0, max: 200 }), dirtyMbps: fc.constant(0) }),
  });

const drawnDemand = (vms: number) =>
  fc.record({
    source: fc.integer({ min: 0, max: vms - 1 }),
    destination: fc.integer({ min: 0, max: vms - 1 }),
    rateMbps: fc.integer({ min: 0, max: 20 }),
    maxLatencyMs: optional(fc.integer({ min: 0, max: 6 }), 4),
  });

const drawnDistances = (hosts: number): fc.Arbitrary<Distances> =>
  fc.oneof(
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: hosts * hosts, maxLength: hosts * hosts }).map(
      (ms): Distances => ({
        kind: 'matrix',
        latencyMs: Array.from({ length: hosts }, (_, row) => ms.slice(row * hosts, (row + 1) * hosts)),
      }),
    ),
    fc.constant<Distances>({
      kind: 'zones',
      levels: [
        { name: 'rack', zoneOf: Array.from({ length: hosts }, (_, host) => host >> 1), latencyMs: 1 },
        { name: 'room', zoneOf: Array.from({ length: hosts }, (_, host) => Number(host === 3)), latencyMs: 3 },
      ],
      beyondMs: 8,
    }),
  );

const drawnGroup = (vms: number): fc.Arbitrary<ProblemGroup> =>
  fc.record({
    name: fc.constant('g'),
    kind: fc.constantFrom('together', 'apart'),
    within: fc.constantFrom('host', 'site'),
    vms: fc.subarray([...Array(vms).keys()], { minLength: 2, maxLength: Math.min(3, vms) }),
  });
