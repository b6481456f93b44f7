import type {
  Edit,
  GuestSpec,
  LinkEnd,
  NetworkAttachment,
  Rule,
  RuleKey,
  VmSchedule,
} from '../../schema/generated/types.js';

/** What one host is or shall be, keyed for look-up. */
export interface HostConfig {
  networks: Map<string, NetworkAttachment>;
  /** By peer. */
  links: Map<string, LinkEnd>;
  /** By guest; `from` is left out. */
  guests: Map<string, GuestSpec>;
  /** By `ruleName`. */
  rules: Map<string, Rule>;
  /** By VM. */
  schedules: Map<string, VmSchedule>;
}

/** All hosts, by name. */
export type FleetState = Map<string, HostConfig>;

export function emptyHost(): HostConfig {
  return { networks: new Map(), links: new Map(), guests: new Map(), rules: new Map(), schedules: new Map() };
}

/** What identifies a rule within a table. */
export function ruleName(rule: RuleKey): string {
  return `${rule.network} ${rule.source} ${rule.destination}`;
}

/** The fleet after one edit; hosts that it does not name are shared with `state`. */
export function advance(state: FleetState, edit: Edit): FleetState {
  const old = state.get(edit.host) ?? emptyHost();
  const host: HostConfig = {
    networks: new Map(old.networks),
    links: new Map(old.links),
    guests: new Map(old.guests),
    rules: new Map(old.rules),
    schedules: new Map(old.schedules),
  };
  for (const key of edit.removeRules ?? []) host.rules.delete(ruleName(key));
  for (const { guest } of edit.removeGuests ?? []) host.guests.delete(guest);
  for (const vm of edit.removeSchedules ?? []) host.schedules.delete(vm);
  for (const peer of edit.removeLinks ?? []) host.links.delete(peer);
  for (const network of edit.removeNetworks ?? []) host.networks.delete(network);
  for (const network of edit.addNetworks ?? []) host.networks.set(network.name, network);
  for (const link of edit.addLinks ?? []) host.links.set(link.peer, link);
  for (const { from: _from, ...guest } of edit.addGuests ?? []) host.guests.set(guest.name, guest);
  for (const schedule of edit.setSchedules ?? []) host.schedules.set(schedule.vm, schedule);
  for (const rule of edit.setRules ?? []) host.rules.set(ruleName(rule), rule);
  return new Map(state).set(edit.host, host);
}
