import { type Frame, isPlain, lookUpKey, matchRule, type RuleTable } from '../../schema/forwarding.js';
import type { FleetState, HostConfig } from './fleet-state.js';

/** Where a unicast frame ends, and the hosts it visited. */
export type Trace =
  | { kind: 'delivered'; guest: string; hosts: string[] }
  /** Handed over to the user's LAN, on the Proxy. */
  | { kind: 'lan'; hosts: string[] }
  | { kind: 'dropped'; reason: 'no-rule' | 'split-horizon' | 'no-link'; hosts: string[] }
  | { kind: 'loop'; hosts: string[] };

/**
 * Follows a frame from a port on `host` through the forwarding tables as every VNET core does (`matchRule`); no frame returns to the
 * link it came from, and a link carries frames only when both its ends exist. The source `any` is a source that no rule names.
 *
 * `isUp` tells which links their own hosts take for up. Unless told, all: what lacks an end is then lost, as it is until the host
 * has noticed.
 */
export function trace(
  state: FleetState,
  network: string,
  host: string,
  source: string,
  destination: string,
  isUp: (host: string, peer: string) => boolean = () => true,
): Trace {
  const hosts = [host];
  const visited = new Set<string>();
  let at = host;
  let came: string | null = null;
  let star = source === 'any';
  for (;;) {
    const key = `${at} ${came ?? ''} ${star}`;
    if (visited.has(key)) return { kind: 'loop', hosts };
    visited.add(key);
    const config = state.get(at);
    const found = config && match(config, { network, source, destination, star }, (peer) => isUp(at, peer));
    const output = found?.rule.to[0];
    if (!config || !found || !output) return { kind: 'dropped', reason: 'no-rule', hosts };
    if (output.kind === 'port') return { kind: 'delivered', guest: output.guest, hosts };
    if (output.kind === 'lan') return { kind: 'lan', hosts };
    if (output.peer === came) return { kind: 'dropped', reason: 'split-horizon', hosts };
    if (!config.links.has(output.peer) || !state.get(output.peer)?.links.has(at))
      return { kind: 'dropped', reason: 'no-link', hosts };
    star = found.star;
    came = at;
    at = output.peer;
    hosts.push(at);
  }
}

function match({ networks, guests, rules }: HostConfig, frame: Frame, isUp: (peer: string) => boolean) {
  return matchRule(tableOf(rules), frame, {
    isHere: (guest) => guests.has(guest),
    isUp,
    hasLan: (network) => networks.get(network)?.lan !== undefined,
  });
}

/** By a host's rules, and how many there were. */
const tables = new WeakMap<HostConfig['rules'], { size: number; table: RuleTable }>();

/** Rules with a `not-` are kept by other names than they are looked up by; of all others the name is the key. */
function tableOf(rules: HostConfig['rules']): RuleTable {
  const known = tables.get(rules);
  if (known?.size === rules.size) return known.table;
  const special = [...rules].filter(([, rule]) => !isPlain(rule));
  const names = new Map(special.map(([name, rule]) => [lookUpKey(rule), name]));
  const table = { get: (key: string) => rules.get(names.get(key) ?? key), isPlain: special.length === 0 };
  tables.set(rules, { size: rules.size, table });
  return table;
}
