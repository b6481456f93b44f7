import { inForce } from '../../schema/adjusted-schedule.js';
import type { Problem, ProblemDemand, ProblemVm } from '../model/problem.js';
import type { RunningSchedule } from '../model/schedule.js';
import type { Snapshot, SnapshotVm } from '../model/snapshot.js';
import type { Underlay, UnderlayEdge } from '../model/underlay.js';
import type { LinkEnds } from '../plan/realise.js';
import { movesLeft, movesLeftOfShare } from './holds.js';
import { leftToOthers } from './left-to-others.js';
import { isSuspended } from './suspended.js';
import { whyNot } from './why-not.js';

/** Whether link policies leave no link between two hosts, so that nothing may run on one that needs the other. */
export type IsForbidden = (a: string, b: string) => boolean;

/**
 * The optimisation problem that a snapshot poses. Hosts and VMs keep their order; demands follow the snapshot's, without those of
 * VMs that it does not have. Hosts that are not connected hold what they hold: nothing is placed there, moved away or routed over.
 * Nothing is routed over links that are not possible or cannot be counted on.
 */
export function formulate(
  snapshot: Snapshot,
  underlay: Underlay,
  linkEnds: LinkEnds,
  isForbidden: IsForbidden = () => false,
): Problem {
  const hostIndex = new Map(snapshot.hosts.map(({ name }, index) => [name, index]));
  const vmIndex = new Map(snapshot.vms.map(({ name }, index) => [name, index]));
  const demands = snapshot.demands.flatMap(
    ({ source, destination, rateMbps, deviationMbps, maxLatencyMs }): ProblemDemand[] => {
      const [from, to] = [vmIndex.get(source), vmIndex.get(destination)];
      return from === undefined || to === undefined
        ? []
        : [{ source: from, destination: to, rateMbps, ...given({ deviationMbps, maxLatencyMs }) }];
    },
  );
  const sites = [...new Set(snapshot.hosts.map(({ site }) => site))];
  const vmAt = (name: string) => vmIndex.get(name) ?? -1;
  const { groups, migrationBudget } = snapshot;
  const unlinked = unlinkedHosts(snapshot, linkEnds, isForbidden);
  return {
    hosts: snapshot.hosts.map(
      ({ name, site, computeCores, memoryMib, diskGib, maxGuests, processors, presence }, index) => ({
        name,
        computeCores,
        memoryMib,
        maxGuests,
        site: sites.indexOf(site),
        internal: underlay.internal[index] ?? 0,
        // Hosts that cannot be told anything keep what they keep.
        ...given({ diskGib, processors: presence === 'connected' ? processors : undefined }),
      }),
    ),
    vms: snapshot.vms.map((vm) => problemVm(vm, snapshot, hostIndex, unlinked)),
    demands,
    resources: underlay.resources,
    edges: usableEdges(snapshot, underlay, linkEnds),
    objective: snapshot.objective,
    fastPath: snapshot.fastPath,
    ...moveBudget(snapshot),
    ...(Object.keys(migrationBudget).length > 0 ? { migrationBudget } : {}),
    ...(groups.length > 0 ? { groups: groups.map((group) => ({ ...group, vms: group.vms.map(vmAt) })) } : {}),
    ...given({ confidence: snapshot.adaptation.confidence }),
  };
}

function usableEdges({ hosts, outages }: Snapshot, { edges }: Underlay, linkEnds: LinkEnds): UnderlayEdge[] {
  const out = new Set(outages.flatMap(({ a, b, type = '' }) => [`${a} ${b} ${type}`, `${b} ${a} ${type}`]));
  return edges.filter(({ from, to }) => {
    const [a, b] = [hosts[from], hosts[to]];
    if (a?.presence !== 'connected' || b?.presence !== 'connected') return false;
    const ends = linkEnds(a.name, b.name);
    return ends !== null && !['', ends.a.type].some((type) => out.has(`${a.name} ${b.name} ${type}`));
  });
}

/** What every ChangeLimit lets one pass move, with what was moved in the hour before it: a plan beyond it would be refused. */
function moveBudget(snapshot: Snapshot): { maxMigrations?: number } {
  const { limits, current } = snapshot;
  const running = [...current.values()].reduce((sum, { guests }) => sum + guests.size, 0);
  const budgets = limits.flatMap(({ spec }) => [
    ...(spec.maxMoves === undefined ? [] : [spec.maxMoves]),
    ...(spec.maxMovedShare === undefined ? [] : [Math.floor(spec.maxMovedShare * running + 1e-9)]),
  ]);
  budgets.push(...movesLeftOfShare(snapshot, running));
  const left = movesLeft(snapshot);
  if (left !== null) budgets.push(left);
  return budgets.length === 0 ? {} : { maxMigrations: Math.min(...budgets) };
}

function problemVm(vm: SnapshotVm, snapshot: Snapshot, hostIndex: Map<string, number>, unlinked: Unlinked): ProblemVm {
  const network = snapshot.networks.find(({ name }) => name === vm.spec.network);
  return {
    name: vm.name,
    computeCores: vm.spec.computeCores,
    memoryMib: vm.spec.memoryMib,
    current: vm.host === null ? null : (hostIndex.get(vm.host) ?? null),
    allowed: allowedHosts(vm, snapshot, unlinked),
    proxy: hostIndex.get(network?.proxy ?? '') ?? 0,
    ...given({ diskGib: vm.diskGib, migration: vm.migration, schedule: runningSchedule(vm, snapshot) }),
  };
}

function runningSchedule({ name, host, schedule }: SnapshotVm, { current }: Snapshot): RunningSchedule | undefined {
  if (schedule === undefined) return undefined;
  const { threads } = schedule;
  const cpus = current.get(host ?? '')?.schedules.get(name)?.cpus;
  return { ...inForce(schedule), threads, ...given({ cpus }) };
}

/** The fields that have a value. */
function given<T extends object>(fields: T): { [P in keyof T]?: Exclude<T[P], undefined> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [P in keyof T]?: Exclude<T[P], undefined> };
}

/** Hosts without a link to the Proxy of a network, by `network host`. */
interface Unlinked {
  /** They can have none. */
  ever: ReadonlySet<string>;
  /** Link policies leave none. */
  forbidden: ReadonlySet<string>;
}

function unlinkedHosts({ hosts, networks }: Snapshot, linkEnds: LinkEnds, isForbidden: IsForbidden): Unlinked {
  const pairs = networks.flatMap(({ name, proxy }) =>
    hosts.flatMap((host) => (host.name === proxy ? [] : [{ key: `${name} ${host.name}`, host: host.name, proxy }])),
  );
  const keysOf = (found: typeof pairs) => new Set(found.map(({ key }) => key));
  return {
    ever: keysOf(pairs.filter(({ host, proxy }) => linkEnds(host, proxy) === null)),
    forbidden: keysOf(pairs.filter(({ host, proxy }) => isForbidden(host, proxy))),
  };
}

function allowedHosts(vm: SnapshotVm, snapshot: Snapshot, unlinked: Unlinked): number[] {
  const current = snapshot.hosts.findIndex(({ name }) => name === vm.host);
  // A VM on a silent host may still run there: nobody else may run it.
  if (current >= 0 && snapshot.hosts[current]?.presence !== 'connected') return [current];
  // Nor is one fought over that others move again and again, not even for its pin.
  if (current >= 0 && leftToOthers(snapshot.foreign).has(`vm/${vm.name}`)) return [current];
  // Nor does one go where its owner wants it left.
  if (current >= 0 && isSuspended(snapshot, `vm/${vm.name}`)) return [current];
  const keyOf = (host: string | undefined) => `${vm.spec.network} ${host}`;
  // Frames of a VM would have to cross a link that no policy permits: it runs there under no circumstances.
  const fitting = snapshot.hosts.flatMap((host, index) =>
    whyNot(vm, host) === null && !unlinked.forbidden.has(keyOf(host.name)) ? [index] : [],
  );
  // Without a link to the Proxy a VM could speak to nobody: only one that may run nowhere else runs there.
  const linked = fitting.filter((index) => !unlinked.ever.has(keyOf(snapshot.hosts[index]?.name)));
  const allowed = linked.length > 0 ? linked : fitting;
  const initial = snapshot.hosts.findIndex(({ name }) => name === vm.initialHost);
  return vm.host === null && allowed.includes(initial) ? [initial] : allowed;
}
