import { roomTolerance } from '../host-room.js';
import type { MappingRules } from './mapping-rules.js';

/** VMs that do not fit on the hosts that they may use, whatever else there is. */
export interface Overfull {
  vms: number[];
  hosts: number[];
}

/** Sizes that are tried as the least of those counted. */
const sizesTried = 64;
/** Sums of many needs are not exact. */
const slack = 1e-6;

/**
 * A proof that VMs do not fit, found without search: for each list of hosts, the VMs that may run nowhere else need more than these
 * hosts have in all; or they are too many, when each host takes only so many of that size; or a group that is to be apart has fewer
 * places there than members. Null if there is no such proof: they may fit all the same, or not.
 */
export function overfull(rules: MappingRules, vms: readonly number[]): Overfull | null {
  const lists = [...new Set(vms.map((vm) => rules.allowed[vm] ?? null))];
  const smallestFirst = lists.sort((a, b) => hostsIn(rules, a).length - hostsIn(rules, b).length);
  for (const list of smallestFirst) {
    const hosts = hostsIn(rules, list);
    const within = new Set(lists.filter((other) => isWithin(other, list, rules.hosts)));
    const confined = vms.filter((vm) => within.has(rules.allowed[vm] ?? null));
    const found = exceeding(rules, confined, hosts) ?? crowded(rules, confined, hosts);
    if (found !== null) return found;
  }
  return null;
}

function hostsIn({ hosts }: MappingRules, list: Uint8Array | null): number[] {
  const all = Array.from({ length: hosts }, (_, host) => host);
  return list === null ? all : all.filter((host) => list[host] === 1);
}

function isWithin(inner: Uint8Array | null, outer: Uint8Array | null, hosts: number): boolean {
  if (outer === null || inner === outer) return true;
  if (inner === null) return false;
  for (let host = 0; host < hosts; host++) if (inner[host] === 1 && outer[host] !== 1) return false;
  return true;
}

/** More needed than there is, in all or by VMs of a size. */
function exceeding(
  { needs, capacities }: MappingRules,
  vms: readonly number[],
  hosts: readonly number[],
): Overfull | null {
  for (let dimension = 0; dimension < needs.length; dimension++) {
    const need = needs[dimension] as Float64Array;
    const capacity = capacities[dimension] as Float64Array;
    const all = hosts.reduce((sum, host) => sum + (capacity[host] as number), 0);
    if (!Number.isFinite(all)) continue;
    const needed = vms.reduce((sum, vm) => sum + (need[vm] as number), 0);
    if (needed > all + slack * Math.max(1, all)) return { vms: [...vms], hosts: [...hosts] };
    const large = tooMany(need, capacity, vms, hosts);
    if (large !== null) return { vms: large, hosts: [...hosts] };
  }
  return null;
}

/** VMs of at least some size of which all hosts together take fewer than there are. */
function tooMany(
  need: Float64Array,
  capacity: Float64Array,
  vms: readonly number[],
  hosts: readonly number[],
): number[] | null {
  const bySize = [...vms].sort((a, b) => (need[b] as number) - (need[a] as number) || a - b);
  let tried = 0;
  for (let count = 1; count <= bySize.length && tried < sizesTried; count++) {
    const size = need[bySize[count - 1] as number] as number;
    const next = need[bySize[count] ?? -1];
    if (next === size || size <= 0) continue;
    tried++;
    const taken = hosts.reduce((sum, host) => sum + Math.floor(((capacity[host] as number) + roomTolerance) / size), 0);
    if (taken < count) return bySize.slice(0, taken + 1);
  }
  return null;
}

function crowded({ groups }: MappingRules, vms: readonly number[], hosts: readonly number[]): Overfull | null {
  const confined = new Set(vms);
  for (const { kind, placeOf, vms: members } of groups) {
    if (kind !== 'apart') continue;
    const there = members.filter((vm) => confined.has(vm));
    const places = new Set(hosts.map((host) => placeOf[host]));
    if (there.length > places.size) return { vms: there.slice(0, places.size + 1), hosts: [...hosts] };
  }
  return null;
}
