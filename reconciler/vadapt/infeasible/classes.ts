import type { MappingRules } from './mapping-rules.js';

/** By host: a number that is equal for hosts which may be exchanged for one another while nothing is on them. */
export function hostClasses(rules: MappingRules, vms: readonly number[]): Int32Array {
  const { hosts, capacities, groups } = rules;
  const allowed = new Set(vms.map((vm) => rules.allowed[vm] ?? null));
  const lists = [...allowed].filter((each) => each !== null);
  const bySite = groups.filter(({ placeOf }) => new Set(placeOf).size < hosts);
  return numbered(hosts, (host) => {
    // What a VM's migration costs is different for every host.
    if (rules.budgets.length > 0) return String(host);
    return [
      ...capacities.map((capacity) => capacity[host]),
      rules.scheduling?.kindOf(host),
      ...lists.map((list) => list[host]),
      ...bySite.map(({ placeOf }) => placeOf[host]),
    ].join();
  });
}

/** By VM: a number that is equal for VMs which may be exchanged for one another. */
export function vmClasses(rules: MappingRules, vms: readonly number[]): Int32Array {
  const { needs, groups, budgets } = rules;
  const numberOf = new Map<Uint8Array | null, number>();
  for (const vm of vms) {
    const list = rules.allowed[vm] ?? null;
    numberOf.set(list, numberOf.get(list) ?? numberOf.size);
  }
  const groupsOf = new Map<number, number[]>();
  groups.forEach(({ vms: members }, group) => {
    for (const vm of members) groupsOf.set(vm, [...(groupsOf.get(vm) ?? []), group]);
  });
  return numbered(rules.vms, (vm) => {
    if (budgets.length > 0) return String(vm);
    const list = numberOf.get(rules.allowed[vm] ?? null) ?? -1;
    return [
      list,
      rules.scheduling?.classOf(vm),
      ...needs.map((need) => need[vm]),
      'in',
      ...(groupsOf.get(vm) ?? []),
    ].join();
  });
}

function numbered(count: number, keyOf: (item: number) => string): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from({ length: count }, (_, item) => {
    const key = keyOf(item);
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
}
