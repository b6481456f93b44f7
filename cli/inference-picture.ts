import type { ApplicationView, DemandList, PathList, Topology, VmDemand } from '../schema/generated/types.js';
import { byNumber, rate } from './abridged.js';
import { destinationName, sourceName } from './demands-text.js';
import type { Drawing, DrawnEdge, DrawnNode } from './drawing.js';

/** Pictures with more edges can be read by nobody, and Mermaid refuses them. */
const maxEdges = 200;

/** VMs with what they send to one another, the VMs of an application in one box. */
export function demandsDrawing({ demands, applications }: Pick<DemandList, 'demands' | 'applications'>): Drawing {
  const { edges, note } = heaviest(demands);
  const groupOf = new Map(
    applications.flatMap(({ members }, index) =>
      members.map(({ vm, address }) => [vm ?? address, `${index}`] as const),
    ),
  );
  const names = new Set(demands.flatMap((demand) => [sourceName(demand), destinationName(demand)]));
  const nodes = [...names].sort(byNumber).map((name): DrawnNode => {
    const group = groupOf.get(name);
    return { id: name, label: [name], shape: 'round', ...(group === undefined ? {} : { group }) };
  });
  const groups = applications.map((each, index) => ({ id: `${index}`, label: groupLabel(each) }));
  return { isDirected: true, nodes, groups, edges, note };
}

/** Hosts with what the paths between them give; dotted where only bounds are known. */
export function pathsDrawing({ paths }: Pick<PathList, 'paths'>): Drawing {
  const names = [...new Set(paths.flatMap(({ from, to }) => [from, to]))].sort(byNumber);
  const nodes = names.map((name): DrawnNode => ({ id: name, label: [name], shape: 'box' }));
  const { edges, note } = pathEdges(paths);
  return { isDirected: true, nodes, groups: [], edges, note };
}

/** Hosts with the VMs on them, demands between VMs, paths between hosts. */
export function topologyDrawing({ hosts, demands, paths }: Topology): Drawing {
  const vmEdges = heaviest(demands);
  const hostEdges = pathEdges(paths);
  const placed = new Set(hosts.flatMap(({ vms }) => vms));
  const loose = demands.flatMap((demand) => [sourceName(demand), destinationName(demand)]);
  const nodes = [
    ...hosts.map(({ name }): DrawnNode => ({ id: name, label: [name], shape: 'box', group: name })),
    ...hosts.flatMap(({ name, vms }) => vms.map((vm): DrawnNode => ({ ...vmNode(vm), group: name }))),
    ...[...new Set(loose)]
      .filter((name) => !placed.has(name))
      .sort(byNumber)
      .map(vmNode),
  ];
  const groups = hosts.map(({ name, site }) => ({ id: name, label: `${name} at ${site}` }));
  const edges = [
    ...vmEdges.edges.map((edge) => ({ ...edge, from: vmId(edge.from), to: vmId(edge.to), style: 'bold' as const })),
    ...hostEdges.edges,
  ];
  return { isDirected: true, nodes, groups, edges, note: [vmEdges.note, hostEdges.note].filter(Boolean).join(' ') };
}

/** A VM and a host may have the same name. */
const vmId = (vm: string): string => `vm ${vm}`;
const vmNode = (vm: string): DrawnNode => ({ id: vmId(vm), label: [vm], shape: 'round' });

function groupLabel({ network, shape, confidence }: ApplicationView): string {
  return `${shape === 'none' ? 'no known shape' : shape} on ${network}, ${(confidence * 100).toFixed(0)} % sure`;
}

function heaviest(demands: readonly VmDemand[]): { edges: DrawnEdge[]; note: string } {
  const shown = [...demands].sort((a, b) => b.rateMbps - a.rateMbps).slice(0, maxEdges);
  const edges = shown.map((demand): DrawnEdge => {
    return { from: sourceName(demand), to: destinationName(demand), label: rate(demand.rateMbps), style: 'solid' };
  });
  return { edges, note: leftOut(demands.length, 'demands') };
}

function pathEdges(paths: PathList['paths']): { edges: DrawnEdge[]; note: string } {
  const edges = paths
    .slice(0, maxEdges)
    .map(({ from, to, availableMbps, lowMbps, highMbps, capacityMbps }): DrawnEdge => {
      if (availableMbps === undefined)
        return { from, to, label: `${rate(lowMbps)} to ${rate(highMbps)}`, style: 'dotted' };
      const of = capacityMbps === undefined ? '' : ` of ${rate(capacityMbps)}`;
      return { from, to, label: `${rate(availableMbps)}${of}`, style: 'solid' };
    });
  return { edges, note: leftOut(paths.length, 'paths') };
}

function leftOut(count: number, what: string): string {
  return count > maxEdges ? `${count - maxEdges} ${what} are left out: -o json has all.` : '';
}
