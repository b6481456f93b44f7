import type { Output, Rule } from '../../schema/generated/types.js';
import type { FleetState, HostConfig } from './fleet-state.js';

/** Where a unicast frame ends, and the hosts it visited. */
export type Trace =
  | { kind: 'delivered'; guest: string; hosts: string[] }
  /** Handed over to the user's LAN, on the Proxy. */
  | { kind: 'lan'; hosts: string[] }
  | { kind: 'dropped'; reason: 'no-rule' | 'split-horizon' | 'no-link'; hosts: string[] }
  | { kind: 'loop'; hosts: string[] };

/**
 * Follows a frame from a port on `host` through the forwarding tables as every VNET core does: the most specific rule wins, a
 * rule into an absent guest does not match, no frame returns to the link it came from, and a link carries frames only when both
 * its ends exist.
 */
export function trace(state: FleetState, network: string, host: string, source: string, destination: string): Trace {
  const hosts = [host];
  const visited = new Set<string>();
  let at = host;
  let came: string | null = null;
  for (;;) {
    const key = `${at} ${came ?? ''}`;
    if (visited.has(key)) return { kind: 'loop', hosts };
    visited.add(key);
    const config = state.get(at);
    const output = config && match(config, network, source, destination);
    if (!config || !output) return { kind: 'dropped', reason: 'no-rule', hosts };
    if (output.kind === 'port') return { kind: 'delivered', guest: output.guest, hosts };
    if (output.kind === 'lan') return { kind: 'lan', hosts };
    if (output.peer === came) return { kind: 'dropped', reason: 'split-horizon', hosts };
    if (!config.links.has(output.peer) || !state.get(output.peer)?.links.has(at))
      return { kind: 'dropped', reason: 'no-link', hosts };
    came = at;
    at = output.peer;
    hosts.push(at);
  }
}

/** The output of the best matching rule; undefined when none matches. */
export function match(config: HostConfig, network: string, source: string, destination: string): Output | undefined {
  for (const [s, d] of [
    [source, destination],
    ['any', destination],
    [source, 'any'],
    ['any', 'any'],
  ] as const) {
    const rule = config.rules.get(`${network} ${s} ${d}`);
    if (rule && isActive(config, rule)) return rule.to[0];
  }
  return undefined;
}

function isActive(config: HostConfig, rule: Rule): boolean {
  const output = rule.to[0];
  return output !== undefined && (output.kind !== 'port' || config.guests.has(output.guest));
}
