import type { FleetState } from '../../../reconciler/model/fleet-state.js';
import { trace } from '../../../reconciler/model/trace.js';
import { bridges } from '../../../reconciler/plan/bridges.js';
import { residents } from '../../../reconciler/plan/residents.js';
import { flood } from '../../generators/flood.js';

export type Fate = 'delivered' | 'dropped' | 'loop';

/** What becomes of a frame between every two VMs of a network, by `network source destination` in addresses. */
export function fates(state: FleetState, preferred?: FleetState): Map<string, Fate> {
  const found = new Map<string, Fate>();
  const all = [...residents(state, preferred).values()];
  for (const from of all) {
    for (const to of all) {
      const { network } = from.spec;
      if (from === to || to.spec.network !== network) continue;
      const way = trace(state, network, from.host, from.spec.mac, to.spec.mac);
      const isLost = way.kind === 'lan' || (way.kind === 'delivered' && way.guest !== to.name);
      const fate = isLost ? 'dropped' : way.kind;
      found.set(`${network} ${from.spec.mac} ${to.spec.mac}`, fate);
    }
  }
  return found;
}

/** An address that is no VM's. */
const stranger = '00:00:00:00:00:00';

/** What becomes of frames between each VM and the LAN of its network, by `network source destination`; the LAN is a host's `lan@host`. */
export function lanFates(state: FleetState, preferred?: FleetState): Map<string, Fate> {
  const found = new Map<string, Fate>();
  for (const { host, name, spec } of residents(state, preferred).values()) {
    const { network, mac } = spec;
    for (const proxy of bridges(state, network)) {
      const out = trace(state, network, host, mac, stranger);
      const back = trace(state, network, proxy, stranger, mac);
      const isOut = out.kind === 'lan' && out.hosts.at(-1) === proxy;
      const isBack = back.kind === 'delivered' && back.guest === name;
      found.set(`${network} ${mac} lan@${proxy}`, isOut ? 'delivered' : out.kind === 'loop' ? 'loop' : 'dropped');
      found.set(`${network} lan@${proxy} ${mac}`, isBack ? 'delivered' : back.kind === 'loop' ? 'loop' : 'dropped');
    }
  }
  return found;
}

/** Copies of a broadcast from one VM that another receives, by `network source destination` in addresses; null for a storm. */
export function broadcasts(state: FleetState): Map<string, number | null> {
  const found = new Map<string, number | null>();
  const all = [...residents(state).values()];
  for (const from of all) {
    const copies = flood(state, from.spec.network, from.host, from.name);
    for (const to of all) {
      if (to.spec.network !== from.spec.network) continue;
      const count = copies === null ? null : (copies.get(to.name) ?? 0);
      found.set(`${from.spec.network} ${from.spec.mac} ${to.spec.mac}`, count);
    }
  }
  return found;
}

/** Hosts that each VM is on. */
export function homes(state: FleetState): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [host, config] of state) {
    for (const guest of config.guests.keys()) found.set(guest, [...(found.get(guest) ?? []), host]);
  }
  return found;
}

/** Rules that their host cannot carry out: the network is not there, or the link is not. */
export function dangling(state: FleetState): string[] {
  return [...state].flatMap(([host, { networks, links, rules }]) =>
    [...rules.values()]
      .filter(
        (rule) =>
          !networks.has(rule.network) || rule.to.some((output) => output.kind === 'link' && !links.has(output.peer)),
      )
      .map((rule) => `${host}: ${rule.network} ${rule.source} ${rule.destination}`),
  );
}
