import type { Problem } from '../../../../reconciler/model/problem.js';

// Written from the definitions alone; shares nothing with the engine.

/** All mappings of a small problem that keep all constraints. */
export function* feasibleMappings(problem: Problem): Generator<number[]> {
  const { hosts, vms } = problem;
  for (let number = 0; number < hosts.length ** vms.length; number++) {
    let rest = number;
    const mapping = vms.map(() => {
      const host = rest % hosts.length;
      rest = Math.floor(rest / hosts.length);
      return host;
    });
    if (breaches(problem, mapping).length === 0) yield mapping;
  }
}

/** What is wrong with a mapping. */
export function breaches(problem: Problem, mapping: readonly number[]): string[] {
  const { hosts, vms, groups = [], migrationBudget = {} } = problem;
  const found = vms.flatMap(({ allowed, name }, vm) =>
    allowed.includes(mapping[vm] as number) ? [] : [`host of ${name}`],
  );
  hosts.forEach((host, place) => {
    const guests = vms.filter((_, vm) => mapping[vm] === place);
    const sum = (of: 'computeCores' | 'memoryMib' | 'diskGib') => guests.reduce((all, vm) => all + (vm[of] ?? 0), 0);
    if (sum('computeCores') > host.computeCores) found.push(`compute of ${host.name}`);
    if (sum('memoryMib') > host.memoryMib) found.push(`memory of ${host.name}`);
    if (sum('diskGib') > (host.diskGib ?? Number.POSITIVE_INFINITY)) found.push(`disk of ${host.name}`);
    if (guests.length > (host.maxGuests ?? guests.length)) found.push(`guests of ${host.name}`);
  });
  for (const { kind, within, vms: members } of groups) {
    const placeOf = (vm: number) => {
      const host = mapping[vm] as number;
      const site = hosts[host]?.site;
      return within === 'host' || site === undefined ? `host ${host}` : `site ${site}`;
    };
    const places = new Set(members.map(placeOf)).size;
    if (kind === 'together' ? places > 1 : places < members.length) found.push(`${kind} within ${within}`);
  }
  const moved = movedVms(problem, mapping);
  if (moved.length > (migrationBudget.moves ?? moved.length)) found.push('moves');
  const mib = moved.reduce((sum, { migration }) => sum + (migration?.stateMib ?? 0), 0);
  if (mib > (migrationBudget.mib ?? mib)) found.push('MiB');
  return found;
}

export function movedVms({ vms }: Problem, mapping: readonly number[]): Problem['vms'] {
  return vms.filter(({ current }, vm) => current !== null && current !== mapping[vm]);
}
