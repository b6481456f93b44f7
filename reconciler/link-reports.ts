import type { HostStatus, LinkReport, Step } from '../schema/generated/types.js';
import { type FleetState, ruleName } from './model/fleet-state.js';

/** What a host reports of its end of a link; undefined when nothing. */
export function linkReport(hosts: readonly HostStatus[], host: string, peer: string): LinkReport | undefined {
  return hosts.find((status) => status.host === host)?.report.links.find(({ link }) => link.peer === peer);
}

/**
 * A host's end of a link that is down, which a step would lead frames of the star over that are not lost now; null when there is
 * none. Frames of fast paths fall back to the star by themselves, frames of the star to nothing.
 */
export function starOverDown(
  { edits }: Step,
  state: FleetState,
  hosts: readonly HostStatus[],
): { host: string; peer: string } | null {
  const isUp = (host: string, peer: string) => linkReport(hosts, host, peer)?.up ?? false;
  for (const { host, setRules = [] } of edits) {
    for (const rule of setRules) {
      const [now] = state.get(host)?.rules.get(ruleName(rule))?.to ?? [];
      const [next] = rule.to;
      if (rule.source !== 'any' || rule.destination === 'group' || now === undefined || next?.kind !== 'link') continue;
      const isLost = now.kind === 'link' && !isUp(host, now.peer);
      if (!isLost && !isUp(host, next.peer)) return { host, peer: next.peer };
    }
  }
  return null;
}
