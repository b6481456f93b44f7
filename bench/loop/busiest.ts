import type { EmulatedFleet } from '../../agents/emulated/emulated-fleet.js';
import type { Snapshot } from '../../reconciler/model/snapshot.js';
import { resourcesOfPath, underlayOf } from '../../reconciler/model/underlay.js';
import type { FleetView } from '../../schema/generated/types.js';
import type { Busiest } from './drawn-trial.js';

/** What carries most now; where nothing is carried, some of it. */
export function busiest(fleet: EmulatedFleet, inventory: Snapshot, proxy: string, links: FleetView['links']): Busiest {
  const underlay = underlayOf(inventory.hosts, inventory.underlays);
  const usesOf = resourcesOfPath(underlay);
  const indices = new Map(inventory.hosts.map(({ name }, index) => [name, index]));
  const resources = new Map(underlay.resources.map(({ name }) => [name, 0]));
  const hosts = new Map<string, number>();
  const pairs = new Map<string, number>();
  const add = (sums: Map<string, number>, key: string, rateMbps: number) =>
    sums.set(key, (sums.get(key) ?? 0) + rateMbps);
  for (const { source, destination, rateMbps } of fleet.throughput()) {
    const path = fleet.probe(source, destination).hosts;
    add(hosts, path[0] ?? '', rateMbps);
    path.slice(1).forEach((host, i) => {
      add(pairs, [path[i] ?? '', host].sort().join(' '), rateMbps);
    });
    for (const resource of usesOf(path.map((host) => indices.get(host) ?? -1)) ?? [])
      add(resources, underlay.resources[resource]?.name ?? '', rateMbps);
  }
  for (const name of resources.keys()) if (name.endsWith(' internal')) resources.delete(name);
  const fast = links.filter(({ a, b, star }) => !star && a !== proxy && b !== proxy);
  const others = inventory.hosts.map(({ name }) => name).filter((name) => name !== proxy);
  const [a = '', b = ''] = others;
  const load = (link: { a: string; b: string }) => pairs.get([link.a, link.b].sort().join(' ')) ?? 0;
  const [link = { a, b }] = [...fast].sort((x, y) => load(y) - load(x));
  hosts.delete(proxy);
  return { resource: most(resources), link: { a: link.a, b: link.b }, host: hosts.size > 0 ? most(hosts) : a };
}

function most(sums: ReadonlyMap<string, number>): string {
  const [first] = [...sums].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return first?.[0] ?? '';
}
