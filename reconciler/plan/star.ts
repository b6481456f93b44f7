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
}

/**
 * Rules that make `host` part of the star: leaves hand everything that is not for them to the Proxy, the Proxy knows the host of
 * every VM. Any host reaches any VM in at most two links, and the group rules form a tree.
 */
export function starRules(star: Star, host: string): Rule[] {
  const { network, proxy } = star;
  const rules: Rule[] = [];
  for (const { name, spec, host: at } of star.residents) {
    if (at === host) rules.push(unicastRule(network, spec.mac, { kind: 'port', guest: name }));
    else if (host === proxy) rules.push(unicastRule(network, spec.mac, { kind: 'link', peer: at }));
  }
  if (host !== proxy) rules.push(unicastRule(network, 'any', { kind: 'link', peer: proxy }));
  const ports = star.residents.filter((each) => each.host === host).map((each) => each.name);
  const group = groupRule(network, ports, host === proxy ? star.members.filter((each) => each !== proxy) : [proxy]);
  return group ? [...rules, group] : rules;
}

/** Frames for `mac` (`any`: for whatever no better rule knows) go to `output`, wherever they come from. */
export function unicastRule(network: string, mac: string, output: Output): Rule {
  return { network, source: 'any', destination: mac, to: [output] };
}

/** Copies group frames to local guests and over links; undefined when there is nowhere to copy to. */
export function groupRule(network: string, guests: readonly string[], peers: readonly string[]): Rule | undefined {
  const to: Output[] = [
    ...[...guests].sort().map((guest): Output => ({ kind: 'port', guest })),
    ...[...peers].sort().map((peer): Output => ({ kind: 'link', peer })),
  ];
  return to.length > 0 ? { network, source: 'any', destination: 'group', to } : undefined;
}

/** Rules without outputs to links that the host does not have: nothing can be sent there. */
export function withLinks(rules: readonly Rule[], links: { has(peer: string): boolean }): Rule[] {
  return rules.flatMap((rule) => {
    const to = rule.to.filter((output) => output.kind !== 'link' || links.has(output.peer));
    return to.length > 0 ? [{ ...rule, to }] : [];
  });
}
