import { qualifierAddress, qualifierKind } from '../../schema/forwarding.js';
import type { Fault, NetworkAttachment, Output, Rule } from '../../schema/generated/types.js';
import { ruleFaults, rulePair } from '../../schema/rule-faults.js';
import { type Action, actionKind, anyMac, floodMax, type RuleClass, ruleClasses } from './layout.js';

/** What rules may speak of on one host. */
export interface Surroundings {
  networks: readonly NetworkAttachment[];
  /** Number of the link to each peer. */
  links: ReadonlyMap<string, number>;
  /** Guests that are here. */
  ports: ReadonlyMap<string, PortAction & { network: string }>;
  /** Interface index of the LAN device of each network that has one here. */
  lans: ReadonlyMap<string, number>;
}

/** Whether frames into a guest may skip its port and come out of the other end of its veth pair, and the index of the port. */
export interface PortAction {
  device: number;
  peer: boolean;
}

/** One rule as the kernel has it. */
export interface CompiledRule {
  rule: Rule;
  class: RuleClass;
  vni: number;
  source: string;
  destination: string;
  /** Of `not-`. */
  excluded: string;
  /** One, or the copies of a group rule. */
  actions: Action[];
}

export interface CompiledRules {
  compiled: CompiledRule[];
  /** Rules none of whose outputs is here: they match nothing. */
  inactive: Rule[];
  faults: Fault[];
}

/** Translates rules into what the kernel looks up. */
export function compileRules(rules: readonly Rule[], around: Surroundings): CompiledRules {
  const result: CompiledRules = { compiled: [], inactive: [], faults: [] };
  const faulty = new Set<Rule>();
  const fault = (rule: Rule, message: string): void => {
    faulty.add(rule);
    result.faults.push({ kind: 'rule', subject: `${rule.network} ${rulePair(rule)}`, message });
  };
  for (const { rule, message } of ruleFaults(rules)) fault(rule, message);
  const networks = new Map(around.networks.map((network) => [network.name, network]));
  for (const rule of rules) {
    if (faulty.has(rule)) continue;
    const network = networks.get(rule.network);
    const problem = lack(rule, network, around);
    if (problem !== undefined) fault(rule, problem);
    else if (network) {
      const actions: Action[] = [];
      for (const output of rule.to) {
        const action = compileOutput(output, rule.network, around);
        if (action) actions.push(action);
      }
      if (actions.length === 0) result.inactive.push(rule);
      else result.compiled.push(compileRule(rule, network.vni, actions));
    }
  }
  return result;
}

/** What a rule needs and this host has not. */
function lack(rule: Rule, network: NetworkAttachment | undefined, { links }: Surroundings): string | undefined {
  if (!network) return `This host is not attached to the network ${rule.network}: attach it in the same state.`;
  for (const output of rule.to)
    if (output.kind === 'link' && !links.has(output.peer))
      return `This host has no link to ${output.peer}: list the link in the same state.`;
  if (rule.to.length > floodMax) return `A group rule has at most ${floodMax} outputs, not ${rule.to.length}.`;
  return undefined;
}

/** The class of each rule that has a rank: looked up, because a text made for each rule is slow as a key. */
const classes = new Map(
  ['address', 'not', 'any'].map((from) => [
    from,
    new Map(ruleClasses.filter((name) => name.startsWith(`${from} `)).map((name) => [name.split(' ')[1], name])),
  ]),
);

function compileRule(rule: Rule, vni: number, actions: Action[]): CompiledRule {
  const { source, destination } = rule;
  const from = qualifierKind(source);
  const to = qualifierKind(destination);
  const not = from === 'not' ? source : to === 'not' ? destination : undefined;
  return {
    rule,
    class: classes.get(from)?.get(to) as RuleClass, // `ruleFaults` lets through no others
    vni,
    source: from === 'address' ? source : anyMac,
    destination: to === 'address' ? destination : anyMac,
    excluded: not === undefined ? anyMac : (qualifierAddress(not) ?? anyMac),
    actions,
  };
}

/** Undefined for what is not here. */
function compileOutput(output: Output, network: string, { links, ports, lans }: Surroundings): Action | undefined {
  if (output.kind === 'link') return { kind: actionKind.link, target: links.get(output.peer) ?? 0 };
  if (output.kind === 'lan') {
    const lan = lans.get(network);
    return lan === undefined ? undefined : { kind: actionKind.lan, target: lan };
  }
  const port = ports.get(output.guest);
  if (port?.network !== network) return undefined;
  return { kind: port.peer ? actionKind.peerPort : actionKind.port, target: port.device };
}
