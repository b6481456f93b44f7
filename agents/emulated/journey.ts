import type { Output, Rule } from '../../schema/generated/types.js';
import type { DropReason } from './core-counters.js';
import type { EmulatedHost } from './emulated-host.js';
import type { Frame } from './forwarding-table.js';
import type { Overlay } from './overlay.js';

/** Links a frame may cross. */
const hopBudget = 16;

/** Everything that becomes of one frame. */
export interface Journey {
  /** Whether a rule took it where it entered: then VTTIF counts it. */
  matched: boolean;
  /** Hosts in the order of visits. For a unicast frame this is its path. */
  hosts: EmulatedHost[];
  hops: { from: EmulatedHost; to: EmulatedHost; copies: number }[];
  /** Copies that each guest got. */
  deliveries: Map<string, number>;
  drops: { host: EmulatedHost; reason: DropReason; copies: number }[];
  /** Hosts on which the journey depends: those visited, and those that were to be reached by a link. */
  touched: Set<EmulatedHost>;
}

/** Copies of a frame that are on one host and came in the same way. */
interface Arrival {
  host: EmulatedHost;
  /** Null: from the guest that sent it. */
  came: EmulatedHost | null;
  copies: number;
}

/** Follows a frame that `guest` sends from `host` through the forwarding tables of all cores. Changes nothing. */
export function follow(overlay: Overlay, host: EmulatedHost, guest: string, frame: Frame): Journey {
  const deliveries = new Map<string, number>();
  const journey: Journey = { matched: false, hosts: [], hops: [], deliveries, drops: [], touched: new Set() };
  let arrivals: Arrival[] = [{ host, came: null, copies: 1 }];
  for (let hop = 0; arrivals.length > 0; hop++) {
    // Copies that meet are followed as one, so that a storm of broadcasts costs no more than the links there are.
    const next = new Map<string, Arrival>();
    for (const arrival of arrivals) {
      const { host: at, copies } = arrival;
      journey.hosts.push(at);
      journey.touched.add(at);
      const rule = at.networks.has(frame.network)
        ? at.table.match(frame, (name) => at.hasGuest(name, frame.network))
        : undefined;
      if (!rule) journey.drops.push({ host: at, reason: 'no-rule', copies });
      else if (arrival.came === null) journey.matched = true;
      for (const output of rule ? outputs(rule, journey, arrival, guest, frame) : [])
        cross(overlay, journey, arrival, output, hop, frame, next);
    }
    arrivals = [...next.values()];
  }
  return journey;
}

/** Delivers to the guests among a rule's outputs; returns the peers that get a copy by a link. */
function outputs(rule: Rule, journey: Journey, arrival: Arrival, sender: string, frame: Frame): string[] {
  const isGroup = frame.destination === 'group';
  const { host, came, copies } = arrival;
  const isOrigin = (output: Output): boolean =>
    output.kind === 'link'
      ? output.peer === came?.name
      : output.kind === 'port' && came === null && output.guest === sender;
  const peers: string[] = [];
  for (const output of rule.to) {
    if (isOrigin(output)) {
      if (!isGroup) journey.drops.push({ host, reason: 'split-horizon', copies });
    } else if (output.kind === 'link') peers.push(output.peer);
    else if (output.kind === 'port' && host.hasGuest(output.guest, frame.network))
      journey.deliveries.set(output.guest, (journey.deliveries.get(output.guest) ?? 0) + copies);
  }
  return peers;
}

function cross(
  overlay: Overlay,
  journey: Journey,
  { host, copies }: Arrival,
  peerName: string,
  hop: number,
  { network }: Frame,
  next: Map<string, Arrival>,
): void {
  const drop = (at: EmulatedHost, reason: DropReason) => journey.drops.push({ host: at, reason, copies });
  const peer = overlay.find(peerName);
  if (peer) journey.touched.add(peer);
  if (hop === hopBudget) drop(host, 'hop-budget');
  else if (!peer || !host.links.has(peerName)) drop(host, 'encapsulation');
  else if (!overlay.isUp(host, peer)) drop(peer, 'no-port');
  else if (peer.networks.get(network)?.vni !== host.networks.get(network)?.vni) drop(peer, 'no-rule');
  else {
    journey.hops.push({ from: host, to: peer, copies });
    const key = `${peer.index} ${host.index}`;
    const met = next.get(key);
    if (met) met.copies += copies;
    else next.set(key, { host: peer, came: host, copies });
  }
}
