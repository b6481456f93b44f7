import { laterOf } from '../../schema/adjusted-schedule.js';
import type {
  Edit,
  GuestSpec,
  LinkEnd,
  NetworkAttachment,
  Output,
  Rule,
  Step,
  VmSchedule,
} from '../../schema/generated/types.js';
import { canonicalJson } from '../model/canonical.js';
import { advance, emptyHost, type FleetState, type HostConfig, ruleName } from '../model/fleet-state.js';

/** Steps so far, and the fleet as it is after them. Edits that change nothing, and steps without edits, are left out. */
export class Sequence {
  readonly steps: Step[] = [];
  state: FleetState;
  /** Hosts that cannot be told anything; no edit may name them. */
  readonly silent: ReadonlySet<string>;

  constructor(state: FleetState, silent: ReadonlySet<string>) {
    this.state = state;
    this.silent = silent;
  }

  host(name: string): HostConfig {
    return this.state.get(name) ?? emptyHost();
  }

  /** Adds one step; its edits keep their order. */
  add(kind: Step['kind'], title: string, edits: readonly Edit[]): void {
    const effective: Edit[] = [];
    for (const edit of edits) {
      if (this.silent.has(edit.host)) throw new Error(`an edit of silent host ${edit.host} in step "${title}"`);
      const reduced = effectOf(this.host(edit.host), edit);
      if (!reduced) continue;
      effective.push(reduced);
      this.state = advance(this.state, reduced);
    }
    if (effective.length > 0) this.steps.push({ id: this.steps.length + 1, kind, title, edits: effective });
  }
}

/** The part of an edit that changes something; null when there is none. */
function effectOf(host: HostConfig, edit: Edit): Edit | null {
  const set = new Set(edit.setRules?.map(ruleName));
  const reduced: Edit = {
    host: edit.host,
    removeRules: edit.removeRules?.filter((key) => host.rules.has(ruleName(key)) && !set.has(ruleName(key))) ?? [],
    setRules: edit.setRules?.filter((rule) => !sameRule(host.rules.get(ruleName(rule)), rule)) ?? [],
    removeGuests: edit.removeGuests?.filter((removal) => host.guests.has(removal.guest)) ?? [],
    addGuests: edit.addGuests?.filter((guest) => !sameGuest(host.guests.get(guest.name), guest)) ?? [],
    removeSchedules: edit.removeSchedules?.filter((vm) => host.schedules.has(vm)) ?? [],
    setSchedules: edit.setSchedules?.filter((each) => !sameSchedule(host.schedules.get(each.vm), each)) ?? [],
    removeLinks: edit.removeLinks?.filter((peer) => host.links.has(peer)) ?? [],
    addLinks: edit.addLinks?.filter((end) => !sameEnd(host.links.get(end.peer), end)) ?? [],
    removeNetworks: edit.removeNetworks?.filter((name) => host.networks.has(name)) ?? [],
    addNetworks: edit.addNetworks?.filter((network) => !sameNetwork(host.networks.get(network.name), network)) ?? [],
  };
  const entries = Object.entries(reduced).filter(([, value]) => typeof value === 'string' || value.length > 0);
  return entries.length > 1 ? (Object.fromEntries(entries) as unknown as Edit) : null;
}

export function sameRule(a: Rule | undefined, b: Rule | undefined): boolean {
  if (!a || !b || a.to.length !== b.to.length) return a === b;
  return a.to.every((output, index) => outputName(output) === outputName(b.to[index]));
}

export function outputName(output: Output | undefined): string {
  if (!output) return '';
  if (output.kind === 'lan') return 'lan';
  return output.kind === 'port' ? `port ${output.guest}` : `link ${output.peer}`;
}

export function sameEnd(a: LinkEnd | undefined, b: LinkEnd | undefined): boolean {
  return same(a, b);
}

export function sameNetwork(a: NetworkAttachment | undefined, b: NetworkAttachment | undefined): boolean {
  return same(a, b);
}

/** Whether two attachments differ at most in the addresses of VMs: nothing that frames travel by. */
export function sameButNeighbours(a: NetworkAttachment | undefined, b: NetworkAttachment | undefined): boolean {
  return a !== undefined && b !== undefined && same({ ...a, neighbours: [] }, { ...b, neighbours: [] });
}

/** Whether a host that keeps one schedule keeps the other. What users have put in its place there is theirs, unless the other has a later one. */
export function sameSchedule(kept: VmSchedule | undefined, wanted: VmSchedule | undefined): boolean {
  if (kept === wanted || kept === undefined || wanted === undefined) return kept === wanted;
  const adjusted = laterOf(kept.adjusted, wanted.adjusted);
  return same({ ...kept, adjusted }, { ...wanted, adjusted }) && adjusted === kept.adjusted;
}

function same(a: object | undefined, b: object | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b));
}

/** Whether two guests are the same machine of the same form; where it comes from does not count. */
export function sameGuest(a: GuestSpec | undefined, b: GuestSpec | undefined): boolean {
  if (a === b) return true;
  const isSameSize = a?.computeCores === b?.computeCores && a?.memoryMib === b?.memoryMib;
  return sameMachine(a, b) && isSameSize && same(a?.machine, b?.machine);
}

/** Whether two guests are the same machine: its size and what it has may change while it lives, but for what its disks began as. */
export function sameMachine(a: GuestSpec | undefined, b: GuestSpec | undefined): boolean {
  return (
    a?.name === b?.name &&
    a?.network === b?.network &&
    a?.mac === b?.mac &&
    a?.address === b?.address &&
    a?.driver === b?.driver &&
    canonicalJson(a?.machine?.disks ?? []) === canonicalJson(b?.machine?.disks ?? [])
  );
}
