import type { Fault, LinkEnd, NetworkAttachment, Output, Rule } from '../../schema/generated/types.js';
import { type Action, actionKind, anyMac, type FrameKey, floodMax, groupMac, ipv4Number } from './layout.js';

/** What rules may speak of on one host. */
export interface Surroundings {
  networks: readonly NetworkAttachment[];
  links: readonly LinkEnd[];
  /** Interface index of each guest that is here. */
  ports: ReadonlyMap<string, number>;
}

/** One rule as the kernel has it; the table of `key` is the VNI, without generation. */
export interface CompiledRule {
  rule: Rule;
  key: FrameKey;
  /** One, or the copies of a group rule. */
  actions: Action[];
}

export interface CompiledRules {
  compiled: CompiledRule[];
  /** Rules into guests that are not here: they match nothing. */
  inactive: Rule[];
  faults: Fault[];
}

/** Translates rules into what the kernel looks up. */
export function compileRules(rules: readonly Rule[], around: Surroundings): CompiledRules {
  const result: CompiledRules = { compiled: [], inactive: [], faults: [] };
  const networks = new Map(around.networks.map((network) => [network.name, network]));
  const links = new Map(around.links.map((link) => [link.peer, link]));
  const taken = new Set<string>();
  for (const rule of rules) {
    const subject = `${rule.network} (${rule.source}, ${rule.destination})`;
    const fault = (message: string): number => result.faults.push({ kind: 'rule', subject, message });
    const network = networks.get(rule.network);
    const lost = rule.to.find((output) => output.kind === 'link' && !links.has(output.peer));
    if (!network) fault(`This host is not attached to the network ${rule.network}: attach it in the same state.`);
    else if (taken.has(subject)) fault('Another rule has the same network, source and destination: keep one of them.');
    else if (lost)
      fault(`This host has no link to ${'peer' in lost ? lost.peer : ''}: list the link in the same state.`);
    else if (rule.destination !== 'group' && rule.to.length > 1) fault('Only a group rule may have several outputs.');
    else if (rule.to.length > floodMax) fault(`A group rule has at most ${floodMax} outputs, not ${rule.to.length}.`);
    else {
      taken.add(subject);
      const actions = rule.to.flatMap((output) => compileOutput(output, links, around.ports));
      if (actions.length === 0) result.inactive.push(rule);
      else result.compiled.push({ rule, key: compileKey(rule, network.vni), actions });
    }
  }
  return result;
}

function compileKey(rule: Rule, vni: number): FrameKey {
  const destination = rule.destination === 'group' ? groupMac : rule.destination === 'any' ? anyMac : rule.destination;
  return { table: vni, source: rule.source === 'any' ? anyMac : rule.source, destination };
}

function compileOutput(
  output: Output,
  links: ReadonlyMap<string, LinkEnd>,
  ports: ReadonlyMap<string, number>,
): Action[] {
  if (output.kind === 'port') {
    const device = ports.get(output.guest);
    return device === undefined ? [] : [{ kind: actionKind.port, target: device, local: 0 }];
  }
  if (output.kind === 'lan') return [];
  const link = links.get(output.peer);
  if (!link) return [];
  return [{ kind: actionKind.link, target: ipv4Number(link.remote), local: ipv4Number(link.local) }];
}
