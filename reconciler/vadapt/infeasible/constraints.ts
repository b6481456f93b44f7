import type { NamedConstraint, Problem } from '../../model/problem.js';
import { dimensions, type MappingRules, mappingRulesOf, type TooLong, withoutTooLong } from './mapping-rules.js';

/** A constraint that can be dropped, by place in the problem's lists. */
export type Constraint =
  | { kind: 'budget'; budget: number }
  | { kind: 'longest-migration'; vm: number }
  | { kind: 'group'; group: number }
  | { kind: 'allowed-hosts'; vm: number }
  | { kind: 'host'; host: number; dimension: number };

/** The constraints on mappings of a problem, of which any may be dropped. */
export class Constraints {
  /** Those that would rather be dropped than others first: what people ask for before what there is. */
  readonly all: readonly Constraint[];
  readonly #problem: Problem;
  readonly #rules: MappingRules;
  readonly #isTooLong: TooLong;

  constructor(problem: Problem) {
    this.#problem = problem;
    const { isTooLong, ...rules } = mappingRulesOf(problem);
    this.#rules = rules;
    this.#isTooLong = isTooLong;
    this.all = this.#list();
  }

  #list(): Constraint[] {
    const { vms, hosts } = this.#problem;
    const { budgets, groups, allowed, capacities } = this.#rules;
    const limited = vms.flatMap(({ current, migration }, vm) => (current !== null && migration ? [vm] : []));
    return [
      ...budgets.map((_, budget): Constraint => ({ kind: 'budget', budget })),
      ...limited
        .filter((vm) => hosts.some((_, host) => this.#isTooLong(vm, host)))
        .map((vm): Constraint => ({ kind: 'longest-migration', vm })),
      ...groups.map((_, group): Constraint => ({ kind: 'group', group })),
      ...vms.flatMap((_, vm): Constraint[] => (allowed[vm] === null ? [] : [{ kind: 'allowed-hosts', vm }])),
      // Processors, guests, disk, memory, compute.
      ...[4, 3, 2, 1, 0].flatMap((dimension) =>
        hosts.flatMap((_, host): Constraint[] =>
          Number.isFinite(capacities[dimension]?.[host]) ? [{ kind: 'host', host, dimension }] : [],
        ),
      ),
    ];
  }

  /** The rules of the whole problem. */
  get rules(): MappingRules {
    return withoutTooLong(this.#rules, this.#isTooLong);
  }

  /** Those that say anything of some VMs and hosts. */
  about(vms: readonly number[], hosts: readonly number[]): Constraint[] {
    const [isVm, isHost] = [new Set(vms), new Set(hosts)];
    const isAbout = (each: Constraint): boolean => {
      if (each.kind === 'host') return isHost.has(each.host);
      if (each.kind === 'group') return (this.#rules.groups[each.group]?.vms ?? []).some((vm) => isVm.has(vm));
      return each.kind !== 'budget' && isVm.has(each.vm);
    };
    return this.all.filter(isAbout);
  }

  /** The rules with these constraints alone. */
  rulesOf(kept: readonly Constraint[]): MappingRules {
    const { hosts, vms, needs, capacities, scheduling, groups, budgets } = this.#rules;
    const rules: MappingRules = {
      ...{ hosts, vms, needs, scheduling },
      capacities: capacities.map((capacity) => new Float64Array(capacity.length).fill(Number.POSITIVE_INFINITY)),
      allowed: new Array(vms).fill(null),
      groups: [],
      budgets: [],
    };
    for (const each of kept) {
      if (each.kind === 'budget') rules.budgets.push(budgets[each.budget] as MappingRules['budgets'][number]);
      else if (each.kind === 'group') rules.groups.push(groups[each.group] as MappingRules['groups'][number]);
      else if (each.kind === 'host') {
        const capacity = capacities[each.dimension]?.[each.host] as number;
        (rules.capacities[each.dimension] as Float64Array)[each.host] = capacity;
      } else if (each.kind === 'allowed-hosts') rules.allowed[each.vm] = this.#rules.allowed[each.vm] ?? null;
    }
    for (const each of kept) if (each.kind === 'longest-migration') this.#exclude(rules, each.vm);
    return rules;
  }

  #exclude(rules: MappingRules, vm: number): void {
    const before = rules.allowed[vm] ?? null;
    rules.allowed[vm] = Uint8Array.from({ length: rules.hosts }, (_, host) =>
      Number((before === null || before[host] === 1) && !this.#isTooLong(vm, host)),
    );
  }

  nameOf(constraint: Constraint): NamedConstraint {
    const { hosts, vms } = this.#problem;
    switch (constraint.kind) {
      case 'budget':
        return { kind: this.#rules.budgets[constraint.budget]?.kind ?? 'moves' };
      case 'group':
        return { kind: 'group', group: this.#rules.groups[constraint.group]?.name ?? '' };
      case 'host': {
        const of = dimensions[constraint.dimension] ?? 'compute';
        return { kind: 'host', host: hosts[constraint.host]?.name ?? '', of };
      }
      case 'longest-migration':
      case 'allowed-hosts':
        return { kind: constraint.kind, vm: vms[constraint.vm]?.name ?? '' };
    }
  }
}
