import type { DemandLine, Diagnostic, Observed, TrafficEntry } from '../../schema/generated/types.js';
import type { LocatedDocument } from '../../schema/validate/document.js';
import { checkReferences } from '../../schema/validate/references/check-references.js';
import { remembered } from '../model/derived.js';
import type { FleetState } from '../model/fleet-state.js';
import type { ProblemObjective } from '../model/problem.js';
import type { Snapshot, SnapshotUnderlay, SnapshotVm } from '../model/snapshot.js';
import { currentState } from './current-state.js';
import { demandLines } from './demands.js';
import { ofKind } from './documents-by-kind.js';
import { snapshotHost, snapshotNetwork, snapshotUnderlay } from './inventory.js';
import { keptVms } from './kept-vms.js';
import { linkPolicies } from './link-policies.js';
import { adaptationParameters, changeLimits, fastPathConstraint, migrationBudget, objective } from './parameters.js';
import { reportedAdjustments } from './snapshot-schedule.js';
import { withSuspensions } from './suspensions.js';
import { placementGroups, snapshotVms } from './virtual-machines.js';
import { whereabouts } from './whereabouts.js';

/** The documents contradict themselves or one another. */
export interface Rejected {
  kind: 'rejected';
  diagnostics: Diagnostic[];
}

/** What documents and reports say together: a snapshot without what is inferred, which changes all the time. */
export type Reported = Omit<Snapshot, keyof Inferred>;
export type Inferred = Pick<
  Snapshot,
  'nowMs' | 'moves' | 'changes' | 'foreign' | 'outages' | 'paths' | 'bottlenecks' | 'demands' | 'isChanging'
>;

/**
 * Joins documents and observations into one consistent picture.
 * @param documents that fit their schemas, as `validateFiles` returns them
 * @param source commit or directory that the documents are from
 */
export function merge(documents: readonly LocatedDocument[], source: string, observed: Observed): Snapshot | Rejected {
  const reported = mergeReports(documents, source, observed);
  if ('kind' in reported) return reported;
  const { nowMs, moves = [], changes, foreign = [], outages = [], paths = [], bottlenecks = [] } = observed;
  const demands = mergeDemands(documents, reported, observed.traffic.demands);
  const isChanging = observed.traffic.changingSinceMs !== undefined;
  const inferred = { nowMs, moves, foreign, outages, paths, bottlenecks, demands, isChanging };
  return { ...reported, ...inferred, ...(changes ? { changes } : {}) };
}

/** `merge` without what is inferred. */
export function mergeReports(
  documents: readonly LocatedDocument[],
  source: string,
  observed: Pick<Observed, 'hosts' | 'lastPlacement'>,
): Reported | Rejected {
  const diagnostics = remembered(checked, documents, () => checkReferences(documents));
  if (diagnostics.some(({ severity }) => severity === 'error')) return { kind: 'rejected', diagnostics };
  const statuses = new Map(observed.hosts.map((status) => [status.host, status]));
  const hosts = ofKind(documents, 'Host').map((host) => snapshotHost(host, statuses.get(host.metadata.name)));
  const networks = ofKind(documents, 'VirtualNetwork');
  const hostNames = hosts.map(({ name }) => name);
  const placed = whereabouts(observed, new Set(hostNames));
  const current = currentState(hostNames, observed, placed);
  const wanted = snapshotVms(ofKind(documents, 'VMSet'), networks, placed.hostOf, reportedAdjustments(current));
  const adaptation = adaptationParameters(ofKind(documents, 'Adaptation')[0]);
  const limits = changeLimits(ofKind(documents, 'ChangeLimit'));
  const kept = keptVms(current, placed.hostOf, wanted, adaptation.prune, limits);
  const vms = [...wanted, ...kept].sort((a, b) => (a.name < b.name ? -1 : 1));
  const picture: Reported = {
    source,
    hosts,
    underlays: remembered(underlays, documents, () => ofKind(documents, 'Network').map(snapshotUnderlay)),
    networks: networks.map((network) => snapshotNetwork(network, vms)),
    ...remembered(policies, documents, () => linkPolicies(documents)),
    vms,
    strays: straysOf(current, vms),
    ...(kept.length > 0 ? { kept: kept.map(({ name }) => name) } : {}),
    conflicts: placed.conflicts,
    objective: remembered(objectives, documents, () => objective(ofKind(documents, 'Objective')[0])),
    fastPath: fastPathConstraint(ofKind(documents, 'CostConstraint')[0]),
    migrationBudget: migrationBudget(ofKind(documents, 'CostConstraint')[0]),
    groups: placementGroups(ofKind(documents, 'VMSet')),
    adaptation,
    limits,
    current,
  };
  return withSuspensions(picture, documents);
}

/** Documents of a commit stay as they are, and are merged with every report. */
const checked = new WeakMap<readonly LocatedDocument[], Diagnostic[]>();
const objectives = new WeakMap<readonly LocatedDocument[], ProblemObjective>();
const policies = new WeakMap<readonly LocatedDocument[], Pick<Snapshot, 'linkPolicies'>>();
const underlays = new WeakMap<readonly LocatedDocument[], SnapshotUnderlay[]>();

/** Demands between the VMs of a picture: those that documents declare, and those that were observed. */
export function mergeDemands(
  documents: readonly LocatedDocument[],
  { vms }: Pick<Reported, 'vms'>,
  observed: readonly TrafficEntry[],
): DemandLine[] {
  return demandLines(observed, ofKind(documents, 'VMSet'), vms);
}

function straysOf(current: FleetState, vms: readonly SnapshotVm[]): Snapshot['strays'] {
  const wanted = new Set(vms.map(({ name }) => name));
  return [...current].flatMap(([host, { guests }]) =>
    [...guests.values()].filter(({ name }) => !wanted.has(name)).map((guest) => ({ guest, host })),
  );
}
