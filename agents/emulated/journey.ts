import type { Frame } from '../../schema/forwarding.js';
import type { Output, Rule } from '../../schema/generated/types.js';
import type { DropReason } from './core-counters.js';
import type { EmulatedHost } from './emulated-host.js';
import type { Overlay } from './overlay.js';

/** Links a frame may cross. */
const hopBudget = 16;

/** A frame as its sender makes it. */
export type SentFrame = Omit<Frame, 'star'>;

/** Everything that becomes of one frame. */
export interface Journey {
  /** Whether a rule took it where it entered: then VTTIF counts it, if a guest sent it. */
  matched: boolean;
  /** Hosts in the order of visits. For a unicast frame this is its path. */
  hosts: EmulatedHost[];
  hops: { from: EmulatedHost; to: EmulatedHost; copies: number }[];
  /** Copies that each guest got. */
  deliveries: Map<string, number>;
  /** Copies that went out to a LAN. */
  lanCopies: number;
  drops: { host: EmulatedHost; reason: DropReason; copies: number }[];
  /** Hosts on which the journey depends: those visited, and those that were to be reached by a link. */
  touched: Set<EmulatedHost>;
}

/** By which way a frame came to a host. */
type Way = { kind: 'guest'; name: string } | { kind: 'lan' } | { kind: 'link'; peer: EmulatedHost };

/** Copies of a frame that are on one host, came in the same way and are marked alike. */
interface Arrival {
  host: EmulatedHost;
  way: Way;
  star: boolean;
  copies: number;
}

/** Follows a frame that a guest of `host`, or the LAN there, sends through the forwarding tables of all cores. Changes nothing. */
export function follow(overlay: Overlay, host: EmulatedHost, way: Way, frame: SentFrame): Journey {
  const journey: Journey = {
    matched: false,
    hosts: [],
    hops: [],
    deliveries: new Map(),
    lanCopies: 0,
    drops: [],
    touched: new Set(),
  };
  let arrivals: Arrival[] = [{ host, way, star: false, copies: 1 }];
  for (let hop = 0; arrivals.length > 0; hop++) {
    // Copies that meet are followed as one, so that a storm of broadcasts costs no more than the links there are.
    const next = new Map<string, Arrival>();
    for (const arrival of arrivals) {
      const { host: at, copies, star } = arrival;
      journey.hosts.push(at);
      journey.touched.add(at);
      const match = at.networks.has(frame.network) ? at.table.match({ ...frame, star }, at.surroundings) : undefined;
      if (!match) journey.drops.push({ host: at, reason: 'no-rule', copies });
      else if (arrival.way.kind !== 'link') journey.matched = true;
      const onwards = match && { ...arrival, star: match.star };
      for (const peer of match && onwards ? outputs(match.rule, journey, onwards, frame) : [])
        if (onwards) cross(overlay, journey, onwards, peer, hop, frame, next);
    }
    arrivals = [...next.values()];
  }
  return journey;
}

/** Delivers to the guests and to the LAN among a rule's outputs; returns the peers that get a copy by a link. */
function outputs(rule: Rule, journey: Journey, { host, way, copies }: Arrival, frame: SentFrame): string[] {
  const isGroup = frame.destination === 'group';
  const peers: string[] = [];
  for (const output of rule.to) {
    if (isOrigin(output, way)) {
      if (!isGroup) journey.drops.push({ host, reason: 'split-horizon', copies });
    } else if (output.kind === 'link') peers.push(output.peer);
    else if (output.kind === 'lan') journey.lanCopies += host.surroundings.hasLan(frame.network) ? copies : 0;
    else if (host.hasGuest(output.guest, frame.network))
      journey.deliveries.set(output.guest, (journey.deliveries.get(output.guest) ?? 0) + copies);
  }
  return peers;
}

function isOrigin(output: Output, way: Way): boolean {
  if (output.kind === 'link') return way.kind === 'link' && output.peer === way.peer.name;
  if (output.kind === 'port') return way.kind === 'guest' && output.guest === way.name;
  return way.kind === 'lan';
}

function cross(
  overlay: Overlay,
  journey: Journey,
  { host, star, copies }: Arrival,
  peerName: string,
  hop: number,
  { network }: SentFrame,
  next: Map<string, Arrival>,
): void {
  const drop = (at: EmulatedHost, reason: DropReason) => journey.drops.push({ host: at, reason, copies });
  const peer = overlay.find(peerName);
  if (peer) journey.touched.add(peer);
  if (hop === hopBudget) return void drop(host, 'hop-budget');
  if (!peer || !host.links.has(peerName)) return void drop(host, 'encapsulation');
  // The underlay loses it, where no core counts.
  if (overlay.isCut(host, peer)) return;
  if (!overlay.isWhole(host, peer)) return void drop(peer, 'no-port');
  if (peer.networks.get(network)?.vni !== host.networks.get(network)?.vni) return void drop(peer, 'unknown-network');
  journey.hops.push({ from: host, to: peer, copies });
  const key = `${peer.index} ${host.index} ${star}`;
  const met = next.get(key);
  if (met) met.copies += copies;
  else next.set(key, { host: peer, way: { kind: 'link', peer: host }, star, copies });
}
