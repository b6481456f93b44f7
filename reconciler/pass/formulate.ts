import type { Problem, ProblemDemand, ProblemVm } from '../model/problem.js';
import type { Snapshot, SnapshotHost, SnapshotVm } from '../model/snapshot.js';
import type { Underlay } from '../model/underlay.js';

/**
 * The optimisation problem that a snapshot poses. Hosts and VMs keep their order; demands follow the snapshot's, without those of
 * VMs that it does not have. Hosts that are not connected hold what they hold: nothing is placed there, moved away or routed over.
 */
export function formulate(snapshot: Snapshot, underlay: Underlay): Problem {
  const hostIndex = new Map(snapshot.hosts.map(({ name }, index) => [name, index]));
  const vmIndex = new Map(snapshot.vms.map(({ name }, index) => [name, index]));
  const connected = snapshot.hosts.map(({ presence }) => presence === 'connected');
  const demands = snapshot.demands.flatMap(({ source, destination, rateMbps }): ProblemDemand[] => {
    const [from, to] = [vmIndex.get(source), vmIndex.get(destination)];
    return from === undefined || to === undefined ? [] : [{ source: from, destination: to, rateMbps }];
  });
  return {
    hosts: snapshot.hosts.map(({ name, computeCores, memoryMib, maxGuests }, index) => ({
      name,
      computeCores,
      memoryMib,
      maxGuests,
      internal: underlay.internal[index] ?? 0,
    })),
    vms: snapshot.vms.map((vm) => problemVm(vm, snapshot, hostIndex)),
    demands,
    resources: underlay.resources,
    edges: underlay.edges.filter(({ from, to }) => connected[from] && connected[to]),
    objective: snapshot.objective,
    fastPath: snapshot.fastPath,
    ...moveBudget(snapshot),
  };
}

/** What every ChangeLimit lets one pass move: a plan beyond it would be refused. */
function moveBudget({ limits, current }: Snapshot): { maxMigrations?: number } {
  const running = [...current.values()].reduce((sum, { guests }) => sum + guests.size, 0);
  const budgets = limits.flatMap(({ spec }) => [
    ...(spec.maxMoves === undefined ? [] : [spec.maxMoves]),
    ...(spec.maxMovedShare === undefined ? [] : [Math.floor(spec.maxMovedShare * running + 1e-9)]),
  ]);
  return budgets.length === 0 ? {} : { maxMigrations: Math.min(...budgets) };
}

function problemVm(vm: SnapshotVm, snapshot: Snapshot, hostIndex: Map<string, number>): ProblemVm {
  const network = snapshot.networks.find(({ name }) => name === vm.spec.network);
  return {
    name: vm.name,
    computeCores: vm.spec.computeCores,
    memoryMib: vm.spec.memoryMib,
    current: vm.host === null ? null : (hostIndex.get(vm.host) ?? null),
    allowed: allowedHosts(vm, snapshot),
    proxy: hostIndex.get(network?.proxy ?? '') ?? 0,
  };
}

function allowedHosts(vm: SnapshotVm, snapshot: Snapshot): number[] {
  const current = snapshot.hosts.findIndex(({ name }) => name === vm.host);
  // A VM on a silent host may still run there: nobody else may run it.
  if (current >= 0 && snapshot.hosts[current]?.presence !== 'connected') return [current];
  const fits = (host: SnapshotHost) =>
    host.presence === 'connected' &&
    (host.capabilities?.drivers.includes(vm.spec.driver) ?? true) &&
    (vm.pin === null || vm.pin === host.name) &&
    (vm.sites === null || vm.sites.includes(host.site));
  const allowed = snapshot.hosts.flatMap((host, index) => (fits(host) ? [index] : []));
  const initial = snapshot.hosts.findIndex(({ name }) => name === vm.initialHost);
  return vm.host === null && allowed.includes(initial) ? [initial] : allowed;
}
