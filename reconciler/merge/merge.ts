import type { Diagnostic, Observed } from '../../schema/generated/types.js';
import type { LocatedDocument } from '../../schema/validate/document.js';
import { checkReferences } from '../../schema/validate/references/check-references.js';
import type { FleetState } from '../model/fleet-state.js';
import type { Snapshot, SnapshotVm } from '../model/snapshot.js';
import { currentState } from './current-state.js';
import { demandLines } from './demands.js';
import { ofKind } from './documents-by-kind.js';
import { snapshotHost, snapshotNetwork, snapshotUnderlay } from './inventory.js';
import { adaptationParameters, changeLimits, fastPathConstraint, objective } from './parameters.js';
import { snapshotVms } from './virtual-machines.js';
import { whereabouts } from './whereabouts.js';

/** The documents contradict themselves or one another. */
export interface Rejected {
  kind: 'rejected';
  diagnostics: Diagnostic[];
}

/**
 * Joins documents and observations into one consistent picture.
 * @param documents that fit their schemas, as `validateFiles` returns them
 * @param source commit or directory that the documents are from
 */
export function merge(documents: readonly LocatedDocument[], source: string, observed: Observed): Snapshot | Rejected {
  const diagnostics = checkReferences(documents);
  if (diagnostics.some(({ severity }) => severity === 'error')) return { kind: 'rejected', diagnostics };
  const statuses = new Map(observed.hosts.map((status) => [status.host, status]));
  const hosts = ofKind(documents, 'Host').map((host) => snapshotHost(host, statuses.get(host.metadata.name)));
  const networks = ofKind(documents, 'VirtualNetwork');
  const sets = ofKind(documents, 'VMSet');
  const hostNames = hosts.map(({ name }) => name);
  const placed = whereabouts(observed, new Set(hostNames));
  const vms = snapshotVms(sets, networks, placed.hostOf);
  const current = currentState(hostNames, observed, placed);
  return {
    nowMs: observed.nowMs,
    source,
    hosts,
    underlays: ofKind(documents, 'Network').map(snapshotUnderlay),
    networks: networks.map((network) => snapshotNetwork(network, vms)),
    vms,
    strays: straysOf(current, vms),
    conflicts: placed.conflicts,
    outages: observed.outages ?? [],
    paths: observed.paths ?? [],
    bottlenecks: observed.bottlenecks ?? [],
    demands: demandLines(observed.traffic.demands, sets, vms),
    objective: objective(ofKind(documents, 'Objective')[0]),
    fastPath: fastPathConstraint(ofKind(documents, 'CostConstraint')[0]),
    adaptation: adaptationParameters(ofKind(documents, 'Adaptation')[0]),
    limits: changeLimits(ofKind(documents, 'ChangeLimit')),
    current,
  };
}

function straysOf(current: FleetState, vms: readonly SnapshotVm[]): Snapshot['strays'] {
  const wanted = new Set(vms.map(({ name }) => name));
  return [...current].flatMap(([host, { guests }]) =>
    [...guests.values()].filter(({ name }) => !wanted.has(name)).map((guest) => ({ guest, host })),
  );
}
