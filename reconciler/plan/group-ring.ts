import type { FleetState } from '../model/fleet-state.js';

/**
 * Whether the links that a network's group frames use, in either direction, join some hosts in a ring. Without a ring no frame can
 * come back to where it was, because none is sent back to the link it came from.
 */
export function joinsRing(state: FleetState, network: string): boolean {
  const roots = new Map<string, string>();
  const rootOf = (host: string): string => {
    const parent = roots.get(host);
    if (parent === undefined || parent === host) return host;
    const root = rootOf(parent);
    roots.set(host, root);
    return root;
  };
  const seen = new Set<string>();
  for (const [host, config] of state) {
    for (const output of config.rules.get(`${network} any group`)?.to ?? []) {
      if (output.kind !== 'link' || !config.links.has(output.peer) || !state.get(output.peer)?.links.has(host))
        continue;
      const link = host < output.peer ? `${host} ${output.peer}` : `${output.peer} ${host}`;
      if (seen.has(link)) continue;
      seen.add(link);
      const [a, b] = [rootOf(host), rootOf(output.peer)];
      if (a === b) return true;
      roots.set(a, b);
    }
  }
  return false;
}
