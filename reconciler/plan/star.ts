import type { Output, Rule } from '../../schema/generated/types.js';
import type { Resident } from './residents.js';

/** What the star of one virtual network joins. */
export interface Star {
  network: string;
  /** The Proxy's host. */
  proxy: string;
  /** Hosts that the Proxy copies group frames to; the Proxy itself does not count. */
  members: readonly string[];
  /** All VMs of the network, by name. */
  residents: readonly Resident[];
  /** Whether the Proxy bridges the network to a LAN. */
  lan: boolean;
}

/** What a host copies group frames to. */
export interface GroupOutputs {
  guests: readonly string[];
  peers: readonly string[];
  lan: boolean;
}

/**
 * Rules that make `host` part of the star: leaves hand everything that is not for them to the Proxy, the Proxy knows the host of
 * every VM, and gives what is for none of them to the LAN. Any host reaches any VM in at most two links, and the group rules form a
 * tree.
 */
export function starRules(star: Star, host: string): Rule[] {
  const { network, proxy } = star;
  const rules: Rule[] = [];
  for (const { name, spec, host: at } of star.residents) {
    if (at === host) rules.push(unicastRule(network, spec.mac, { kind: 'port', guest: name }));
    else if (host === proxy) rules.push(unicastRule(network, spec.mac, { kind: 'link', peer: at }));
  }
  if (host !== proxy) rules.push(unicastRule(network, 'any', { kind: 'link', peer: proxy }));
  else if (star.lan) rules.push(unicastRule(network, 'any', { kind: 'lan' }));
  const group = groupRule(network, {
    guests: star.residents.filter((each) => each.host === host).map((each) => each.name),
    peers: host === proxy ? star.members.filter((each) => each !== proxy) : [proxy],
    lan: host === proxy && star.lan,
  });
  return group ? [...rules, group] : rules;
}

/** Frames for `mac` (`any`: for whatever no better rule knows) go to `output`, wherever they come from. */
export function unicastRule(network: string, mac: string, output: Output): Rule {
  return { network, source: 'any', destination: mac, to: [output] };
}

/** Copies group frames; undefined when there is nowhere to copy to. */
export function groupRule(network: string, { guests, peers, lan }: GroupOutputs): Rule | undefined {
  const to: Output[] = [
    ...[...guests].sort().map((guest): Output => ({ kind: 'port', guest })),
    ...[...peers].sort().map((peer): Output => ({ kind: 'link', peer })),
    ...(lan ? [{ kind: 'lan' } as const] : []),
  ];
  return to.length > 0 ? { network, source: 'any', destination: 'group', to } : undefined;
}

/** What a group rule copies to; nothing, where there is none. */
export function groupOutputs(rule: Rule | undefined): GroupOutputs {
  const to = rule?.to ?? [];
  return {
    guests: to.flatMap((output) => (output.kind === 'port' ? [output.guest] : [])),
    peers: to.flatMap((output) => (output.kind === 'link' ? [output.peer] : [])),
    lan: to.some((output) => output.kind === 'lan'),
  };
}

/** Rules without outputs to links that the host does not have: nothing can be sent there. */
export function withLinks(rules: readonly Rule[], links: { has(peer: string): boolean }): Rule[] {
  return rules.flatMap((rule) => {
    const to = rule.to.filter((output) => output.kind !== 'link' || links.has(output.peer));
    return to.length > 0 ? [{ ...rule, to }] : [];
  });
}
