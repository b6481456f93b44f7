import { linkName } from '../model/configuration.js';
import type { FleetState } from '../model/fleet-state.js';

/** Whether group frames that some VM sends would go round for ever. */
export function circulates(state: FleetState, network: string): boolean {
  return joinsRing(state, network) && hasCycle(state, network);
}

/** Follows every frame from link to link; a link that is met again on the way there closes a cycle. */
function hasCycle(state: FleetState, network: string): boolean {
  const done = new Set<string>();
  const under = new Set<string>();
  const visit = (from: string, to: string): boolean => {
    const link = `${from} ${to}`;
    if (under.has(link)) return true;
    if (done.has(link)) return false;
    under.add(link);
    const found = peersOf(state, network, to).some((next) => next !== from && visit(to, next));
    under.delete(link);
    done.add(link);
    return found;
  };
  return [...state].some(
    ([host, { guests }]) =>
      [...guests.values()].some((guest) => guest.network === network) &&
      peersOf(state, network, host).some((next) => visit(host, next)),
  );
}

/** Hosts that group frames reach over the working links of one host. */
function peersOf(state: FleetState, network: string, host: string): string[] {
  const config = state.get(host);
  const outputs = config?.rules.get(`${network} any group`)?.to ?? [];
  const peers = outputs.flatMap((output) => (output.kind === 'link' ? [output.peer] : []));
  return peers.filter((peer) => config?.links.has(peer) && state.get(peer)?.links.has(host));
}

/**
 * Whether the links that group frames use, in either direction, join some hosts in a ring. Without a ring no frame can come back
 * to where it was, because none is sent back to the link it came from. Quick, so it is asked first.
 */
function joinsRing(state: FleetState, network: string): boolean {
  const roots = new Map<string, string>();
  const rootOf = (host: string): string => {
    const parent = roots.get(host);
    if (parent === undefined || parent === host) return host;
    const root = rootOf(parent);
    roots.set(host, root);
    return root;
  };
  const seen = new Set<string>();
  for (const host of state.keys()) {
    for (const peer of peersOf(state, network, host)) {
      const link = linkName(host, peer);
      if (seen.has(link)) continue;
      seen.add(link);
      const [a, b] = [rootOf(host), rootOf(peer)];
      if (a === b) return true;
      roots.set(a, b);
    }
  }
  return false;
}
