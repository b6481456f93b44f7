import type { Fault, NetworkAttachment, Output, Rule } from '../../../schema/generated/types.js';
import { ruleFaults, rulePair } from '../../../schema/rule-faults.js';
import { linkDevice } from './device-name.js';

/** Where a copy of a frame goes. */
export type Place =
  | { kind: 'port' | 'lan'; device: string }
  /** The link's VXLAN device of the network. */
  | { kind: 'link'; device: string; number: number };

/** What rules may speak of on one host, now. */
export interface Surroundings {
  networks: readonly NetworkAttachment[];
  /** Devices of guests that are here, by guest. */
  ports: ReadonlyMap<string, { device: string; network: string }>;
  /** Devices of LANs that are here, by network. */
  lans: ReadonlyMap<string, string>;
  /** Numbers of links, by peer. */
  links: ReadonlyMap<string, number>;
}

/** A rule that can match. */
export interface ActiveRule {
  rule: Rule;
  /** At least one. */
  places: Place[];
}

export interface Selection {
  active: ActiveRule[];
  /** Rules none of whose outputs is here: they match nothing. */
  inactive: Rule[];
  faults: Fault[];
}

/** Sorts rules out by what they can do on this host. */
export function selectRules(rules: readonly Rule[], around: Surroundings): Selection {
  const result: Selection = { active: [], inactive: [], faults: [] };
  const networks = new Map(around.networks.map((network) => [network.name, network]));
  const fault = (rule: Rule, message: string) =>
    result.faults.push({ kind: 'rule', subject: `${rule.network} ${rulePair(rule)}`, message });
  const possible = rules.filter((rule) => {
    const message = missing(rule, networks, around);
    if (message !== undefined) fault(rule, message);
    return message === undefined;
  });
  const wrong = new Map(ruleFaults(possible).map(({ rule, message }) => [rule, message]));
  for (const rule of possible) {
    const message = wrong.get(rule);
    const places = message === undefined ? placesOf(rule, networks, around) : [];
    if (message !== undefined) fault(rule, message);
    else if (places.length === 0) result.inactive.push(rule);
    else result.active.push({ rule, places });
  }
  return result;
}

function missing(rule: Rule, networks: ReadonlyMap<string, NetworkAttachment>, { links }: Surroundings) {
  if (!networks.has(rule.network))
    return `This host is not attached to the network ${rule.network}: attach it in the same state.`;
  const lost = rule.to.flatMap((output) => (output.kind === 'link' && !links.has(output.peer) ? [output.peer] : []));
  return lost.length === 0 ? undefined : `This host has no link to ${lost[0]}: list the link in the same state.`;
}

function placesOf(rule: Rule, networks: ReadonlyMap<string, NetworkAttachment>, around: Surroundings): Place[] {
  const vni = networks.get(rule.network)?.vni ?? 0;
  return rule.to.flatMap((output) => placeOf(output, rule.network, vni, around) ?? []);
}

function placeOf(output: Output, network: string, vni: number, around: Surroundings): Place | undefined {
  if (output.kind === 'port') {
    const port = around.ports.get(output.guest);
    return port?.network === network ? { kind: 'port', device: port.device } : undefined;
  }
  if (output.kind === 'lan') {
    const device = around.lans.get(network);
    return device === undefined ? undefined : { kind: 'lan', device };
  }
  const number = around.links.get(output.peer);
  return number === undefined ? undefined : { kind: 'link', device: linkDevice(output.peer, vni), number };
}
