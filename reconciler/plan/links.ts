import type { LinkEnd, NetworkAttachment } from '../../schema/generated/types.js';
import { linkName } from '../model/configuration.js';
import type { FleetState } from '../model/fleet-state.js';
import { bridges } from './bridges.js';
import { Draft } from './draft.js';
import type { LinkEnds } from './realise.js';
import { type Sequence, sameButNeighbours, sameEnd } from './sequence.js';
import type { Star } from './star.js';
import { type Unsafe, unsafe } from './unsafe.js';

/**
 * Hosts take part in their networks before any rule speaks of them. Two hosts that bridge one network to LANs at once may be a loop
 * through the LAN: so one that shall no longer do so is told first, and another one only after it.
 */
export function joinNetworks(sequence: Sequence, target: FleetState): void {
  const before = sequence.state;
  const draft = new Draft();
  for (const [host, config] of told(sequence, before)) {
    for (const { lan, ...network } of config.networks.values()) {
      const leaves = lan !== undefined && !target.get(host)?.networks.has(network.name);
      if (leaves) draft.on(host).addNetworks.push(network);
    }
  }
  const opening = new Draft();
  const informed = new Draft();
  for (const [host, config] of told(sequence, target)) {
    for (const network of config.networks.values()) {
      const now = before.get(host)?.networks.get(network.name);
      const { lan: _lan, ...withoutLan } = network;
      if (sameButNeighbours(now, network)) informed.on(host).addNetworks.push(network);
      else if (mustWait(before, host, network)) {
        draft.on(host).addNetworks.push(withoutLan);
        opening.on(host).addNetworks.push(network);
      } else draft.on(host).addNetworks.push(network);
    }
  }
  sequence.add('join', titled('Join hosts to networks:', hostsOf(draft)), draft.edits());
  sequence.add('join', titled('Open the LAN on', hostsOf(opening)), opening.edits());
  sequence.add('join', 'Tell hosts the addresses of VMs', informed.edits());
}

/** Whether a host shall bridge a network to a LAN while another one still does. */
function mustWait(state: FleetState, host: string, { name, lan }: NetworkAttachment): boolean {
  const bridging = bridges(state, name);
  return lan !== undefined && !bridging.includes(host) && bridging.length > 0;
}

/**
 * Links that `target` has, and those that join hosts with VMs to their star until the VMs have left. The latter may need an address
 * of a host that is no longer in the inventory: then the plan is refused. A host of the inventory that can have no link to the Proxy
 * does without.
 */
export function addLinks(
  sequence: Sequence,
  target: FleetState,
  stars: readonly Star[],
  linkEnds: LinkEnds,
): Unsafe | null {
  const draft = new Draft();
  const names = new Set<string>();
  const add = (host: string, end: LinkEnd) => {
    if (sequence.silent.has(host)) return;
    const old = sequence.host(host).links.get(end.peer);
    if (sameEnd(old, end)) return;
    draft.on(host).addLinks.push(end);
    names.add(linkName(host, end.peer));
  };
  for (const [host, config] of told(sequence, target)) for (const end of config.links.values()) add(host, end);
  for (const { network, proxy, members } of stars) {
    for (const host of members) {
      const joined = (at: string, to: string) => sequence.host(at).links.has(to) || target.get(at)?.links.has(to);
      if (host === proxy || (joined(host, proxy) && joined(proxy, host))) continue;
      if (sequence.silent.has(host) || sequence.silent.has(proxy)) continue;
      const ends = linkEnds(host, proxy);
      if (!ends && target.get(host)?.networks.has(network)) continue;
      if (!ends) return noLink(network, host, proxy);
      add(host, ends.a);
      add(proxy, ends.b);
    }
  }
  sequence.add('link-up', titled('Set up link', [...names].sort()), draft.edits());
  return null;
}

/** No rule uses these links any more. */
export function dropLinks(sequence: Sequence, target: FleetState): void {
  const draft = new Draft();
  const names = new Set<string>();
  for (const [host, config] of told(sequence, sequence.state)) {
    for (const peer of config.links.keys()) {
      if (target.get(host)?.links.has(peer)) continue;
      draft.on(host).removeLinks.push(peer);
      names.add(linkName(host, peer));
    }
  }
  sequence.add('link-down', titled('Take down link', [...names].sort()), draft.edits());
}

/** Hosts leave networks when nothing of them is left there. */
export function dropNetworks(sequence: Sequence, target: FleetState): void {
  const draft = new Draft();
  for (const [host, config] of told(sequence, sequence.state)) {
    for (const name of config.networks.keys()) {
      if (!target.get(host)?.networks.has(name)) draft.on(host).removeNetworks.push(name);
    }
  }
  const leaving = draft.edits().filter((edit) => edit.removeNetworks?.length);
  const hosts = leaving.map((edit) => edit.host);
  sequence.add('leave', titled('Release hosts from networks:', hosts), leaving);
}

/** Hosts that can be told something, by name. */
function told(sequence: Sequence, state: FleetState) {
  return [...state].filter(([host]) => !sequence.silent.has(host)).sort(([a], [b]) => (a < b ? -1 : 1));
}

const hostsOf = (draft: Draft) => draft.edits().map((edit) => edit.host);

function titled(verb: string, names: readonly string[]): string {
  const more = names.length > 1 ? ` (and ${names.length - 1} more)` : '';
  return `${verb} ${names[0] ?? ''}${more}`;
}

function noLink(network: string, host: string, proxy: string): Unsafe {
  return unsafe(
    'link',
    `host ${host} still has VMs on network ${network}, but no link from it to the new Proxy host ${proxy} is possible, because the ` +
      'inventory no longer says how to reach it. Put the host back, let its VMs move away, then remove it.',
  );
}
