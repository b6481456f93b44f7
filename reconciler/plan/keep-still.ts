import type { Rule } from '../../schema/generated/types.js';
import type { FastPath } from '../model/configuration.js';
import { emptyHost, type FleetState, ruleName } from '../model/fleet-state.js';
import { isPairRule } from './pair-rules.js';
import { residents } from './residents.js';

/** What plans leave as it is. */
export interface Still {
  /** Virtual networks: attachments, rules, and the links that they use. */
  networks: ReadonlySet<string>;
  /** Fast paths on other networks, with the links that they use. */
  paths: readonly FastPath[];
}

/** Whether a pair's fast path is one that stays. */
export function isStill(still: Still | undefined, { source, destination }: FastPath): boolean {
  return still?.paths.some((path) => path.source === source && path.destination === destination) ?? false;
}

/** Puts back into `state` what stays as it is in `current`. */
export function keepStill(state: FleetState, current: FleetState, connected: readonly string[], still: Still): void {
  const at = residents(current);
  const after = residents(state);
  // A pair whose end goes has no way to keep.
  const lasting = still.paths.filter(({ source, destination }) => after.has(source) && after.has(destination));
  const pairs = new Set(
    lasting.map(({ source, destination }) => {
      const from = at.get(source)?.spec;
      return `${from?.network} ${from?.mac} ${at.get(destination)?.spec.mac}`;
    }),
  );
  const stays = (rule: Rule) => still.networks.has(rule.network) || (isPairRule(rule) && pairs.has(ruleName(rule)));
  for (const host of connected) {
    const now = current.get(host) ?? emptyHost();
    const then = state.get(host) ?? emptyHost();
    for (const [name, network] of now.networks) if (still.networks.has(name)) then.networks.set(name, network);
    for (const [name, rule] of now.rules) {
      if (!stays(rule)) continue;
      then.rules.set(name, rule);
      for (const output of rule.to) if (output.kind === 'link') keepLink(state, current, host, output.peer);
    }
    state.set(host, then);
  }
}

/** Both ends of a link, as they are. */
function keepLink(state: FleetState, current: FleetState, a: string, b: string): void {
  for (const [host, peer] of [
    [a, b],
    [b, a],
  ] as const) {
    const end = current.get(host)?.links.get(peer);
    if (end) state.get(host)?.links.set(peer, end);
  }
}
