import { type Frame, matchRule, ruleTable } from '../schema/forwarding.js';
import type { HostDetail, Rule } from '../schema/generated/types.js';

/** One host that a frame visits. */
export interface Hop {
  host: string;
  /** The rule that decides; null where none matches. */
  rule: Rule | null;
  /** Where the frame goes from here. */
  to: string;
}

export type Route = { hops: Hop[] } & (
  | { kind: 'delivered'; guest: string }
  | { kind: 'lan' }
  | { kind: 'dropped'; reason: string }
);

/** Overlay links that one frame may cross. */
const hopBudget = 16;

/** The way of a unicast frame from a guest on `host`, by the tables that agents report. */
export function traceRoute(hosts: readonly HostDetail[], host: string, frame: Omit<Frame, 'star'>): Route {
  const byName = new Map(hosts.map((each) => [each.host, each]));
  const hops: Hop[] = [];
  let star = false;
  let came = '';
  for (let at = byName.get(host); hops.length <= hopBudget; at = byName.get(hops.at(-1)?.to ?? '')) {
    const name = at?.host ?? hops.at(-1)?.to ?? host;
    const lost = (reason: string, rule: Rule | null = null): Route => {
      hops.push({ host: name, rule, to: 'dropped' });
      return { kind: 'dropped', reason, hops };
    };
    if (!at) return lost(`${name} has not reported its tables`);
    const found = matchRule(ruleTable(at.report.rules), { ...frame, star }, surroundings(at));
    if (!found) return lost('no rule of the host matches');
    star = found.star;
    const { rule } = found;
    const [output] = rule.to;
    if (output?.kind === 'port') {
      hops.push({ host: name, rule, to: output.guest });
      return { kind: 'delivered', guest: output.guest, hops };
    }
    if (output?.kind !== 'link') {
      hops.push({ host: name, rule, to: 'LAN' });
      return { kind: 'lan', hops };
    }
    if (output.peer === came) return lost('split horizon: it would go back to where it came from', rule);
    const link = at.report.links.find((each) => each.link.peer === output.peer);
    if (!link?.up) return lost(`the link to ${output.peer} is down${link?.trouble ? `: ${link.trouble}` : ''}`, rule);
    hops.push({ host: name, rule, to: output.peer });
    came = name;
  }
  return { kind: 'dropped', reason: `it crossed ${hopBudget} links: the tables have a loop`, hops };
}

function surroundings({ report }: HostDetail) {
  return {
    isHere: (guest: string, network: string) =>
      report.guests.some(
        (each) => each.guest.name === guest && each.guest.network === network && each.phase === 'running',
      ),
    isUp: (peer: string) => report.links.some((each) => each.link.peer === peer && each.up),
    hasLan: (network: string) => report.networks.some((each) => each.name === network && each.lan !== undefined),
  };
}
