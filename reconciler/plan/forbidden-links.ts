import type { LinkEnd, LinkPolicyEnd, Step } from '../../schema/generated/types.js';
import type { LinkPolicies, StatedPolicy } from '../../schema/link-policy/stated-policy.js';
import type { FleetState } from '../model/fleet-state.js';
import { type Unsafe, unsafe } from './unsafe.js';

/** What the guard needs to judge links by themselves. */
export interface LinkLaw {
  policies: LinkPolicies;
  /** Site of each host of the inventory. */
  siteOf: ReadonlyMap<string, string>;
}

/**
 * A link that a plan sets up or leaves though a policy forbids it; null when there is none. Written apart from what chooses links,
 * and from all policies each time: the two have to agree. Links to hosts that cannot be told anything stay as they are.
 */
export function forbiddenLink(
  law: LinkLaw,
  target: FleetState,
  steps: readonly Step[],
  silent: ReadonlySet<string>,
): Unsafe | null {
  const added = steps.flatMap(({ edits }) =>
    edits.flatMap(({ host, addLinks = [] }) => addLinks.map((end) => ({ host, end }))),
  );
  const lasting = [...target].flatMap(([host, { links }]) => [...links.values()].map((end) => ({ host, end })));
  for (const { host, end } of [...added, ...lasting]) {
    if (silent.has(host) || silent.has(end.peer)) continue;
    const [here, there] = [law.siteOf.get(host), law.siteOf.get(end.peer)];
    if (here === undefined || there === undefined) continue;
    const policy = strongest(law.policies, here, there);
    if (policy === null || mayBe(policy, law.policies, end, here, there)) continue;
    const message =
      `the plan has a link of type ${end.type} between host ${host} (site ${here}) and host ${end.peer} (site ${there}), which ` +
      `LinkPolicy ${policy.name} (${policy.at}) does not permit. The plan was not applied; this is a defect of the planning: please report it.`;
    return unsafe('link-policy', message);
  }
  return null;
}

/** The most specific policy that speaks of two sites. */
function strongest({ policies, sites }: LinkPolicies, here: string, there: string): StatedPolicy | null {
  let best: StatedPolicy | null = null;
  for (const policy of policies) {
    if (turnsOf(policy, sites, here, there).length === 0) continue;
    if (best === null || isStronger(weight(policy), weight(best), policy.name < best.name)) best = policy;
  }
  return best;
}

function weight({ spec: { within, between = [], priority = 0 } }: StatedPolicy): number[] {
  const ends = within ? [within, within] : between;
  const weights = ends.map(({ site, labels }) => (site ? 2 : labels ? 1 : 0)).sort((x, y) => y - x);
  return [...weights, priority];
}

function isStronger(one: readonly number[], other: readonly number[], isFirst: boolean): boolean {
  for (const [place, value] of one.entries()) {
    if (value !== other[place]) return value > (other[place] ?? 0);
  }
  return isFirst;
}

type Turn = { here: LinkPolicyEnd; there: LinkPolicyEnd };

function turnsOf({ spec }: StatedPolicy, sites: LinkPolicies['sites'], here: string, there: string): Turn[] {
  const fits = (end: LinkPolicyEnd, name: string) => {
    const labels = sites.find((site) => site.name === name)?.labels ?? {};
    return (end.site ?? name) === name && Object.entries(end.labels ?? {}).every(([key, text]) => labels[key] === text);
  };
  if (here === there) return spec.within && fits(spec.within, here) ? [{ here: spec.within, there: spec.within }] : [];
  const [first, second] = spec.between ?? [];
  if (!first || !second) return [];
  return [
    ...(fits(first, here) && fits(second, there) ? [{ here: first, there: second }] : []),
    ...(fits(second, here) && fits(first, there) ? [{ here: second, there: first }] : []),
  ];
}

/** Whether one end of a link is as a policy lets it: its type, its encryption, and who opens which port. */
function mayBe(policy: StatedPolicy, { sites }: LinkPolicies, end: LinkEnd, here: string, there: string): boolean {
  const { links, allowed, forbidden = [], encryption } = policy.spec;
  const { type, role, http } = end;
  if (links === 'forbidden' || forbidden.includes(type) || (allowed && !allowed.includes(type))) return false;
  const isClear = type === 'udp' || type === 'tcp' || type === 'stun' || (type === 'http' && http?.secure === false);
  if (encryption === 'required' && isClear) return false;
  const turns = turnsOf(policy, sites, here, there);
  const port = type === 'ssh' ? (end.ssh?.port ?? (role === 'connect' ? 22 : undefined)) : (end.port ?? 4789);
  const lets = ({ opens = true, ports }: LinkPolicyEnd) =>
    opens && (!ports || port === undefined || ports.includes(port));
  return turns.some((turn) => (role === 'listen' || lets(turn.here)) && (role === 'connect' || lets(turn.there)));
}
