import type { DecidingPolicy, LinkEnd } from '../../schema/generated/types.js';
import { decidingPolicies, type PairRule, type RuleOf } from '../../schema/link-policy/deciding-policy.js';
import { named, whyNotPermitted } from '../../schema/link-policy/why-not-permitted.js';
import { printable } from '../../schema/validate/render.js';
import { whyNoCarriage } from '../model/carriages.js';
import type { FleetState } from '../model/fleet-state.js';
import type { Carriage, Snapshot, SnapshotHost } from '../model/snapshot.js';
import { edgesByPair, type Underlay, type UnderlayEdge } from '../model/underlay.js';
import { type Ground, groundOf, linkDetails, type Place, refusal } from './link-details.js';
import { wayOf } from './link-ways.js';

/** The two ends of a planned link: `a` is installed on host a, `b` on host b. */
export interface LinkEnds {
  kind: 'link-ends';
  a: LinkEnd;
  b: LinkEnd;
  /** LinkPolicy that decided; null where none speaks of the two sites. */
  policy: DecidingPolicy | null;
}

/** No underlay Network carries a link between the two hosts. */
export interface NoCommonNetwork {
  kind: 'no-common-network';
  a: string;
  b: string;
  message: string;
}

/** The link cannot be as its path asks. One that is there stays as it is, see `inEffect`. */
export interface LinkRefused {
  kind: 'refused';
  type: LinkEnd['type'];
  /** Ends of the link that is there; null when there is none. */
  inEffect: { a: LinkEnd; b: LinkEnd } | null;
  /** LinkPolicy that decided; null where none speaks of the two sites. */
  policy: DecidingPolicy | null;
  /** For people: why, and what to do. */
  message: string;
}

/** A LinkPolicy leaves no link between the two hosts. */
export interface LinkForbidden {
  kind: 'forbidden';
  a: string;
  b: string;
  policy: DecidingPolicy;
  /** For people: which policy, what it says, and what to do. */
  message: string;
}

export type LinkEndsOf = (a: string, b: string) => LinkEnds | NoCommonNetwork | LinkRefused | LinkForbidden;

/** What links depend on beside the network. */
export type LinkSurroundings = Partial<Pick<Snapshot, 'outages' | 'linkPolicies'>>;

/**
 * Chooses the interfaces and the type of planned links: VRESERVE before there is anything to reserve, all links run over commodity
 * Networks, each in the first way that the path and the link policies leave, that both hosts can, and that was not down for long.
 * The result takes the names of two different hosts of the list.
 * @param inEffect what the hosts report
 */
export function linkEndsOver(
  hosts: readonly SnapshotHost[],
  underlay: Underlay,
  inEffect: FleetState = new Map(),
  surroundings: LinkSurroundings = {},
): LinkEndsOf {
  const edgeBetween = edgesByPair(underlay);
  const indices = new Map(hosts.map(({ name }, index) => [name, index]));
  const world: World = {
    ground: groundOf(hosts, inEffect),
    ruleOf: surroundings.linkPolicies ? decidingPolicies(surroundings.linkPolicies) : () => null,
    isOut: isOutIn(surroundings.outages ?? []),
  };
  const place = (name: string): [SnapshotHost, number] => {
    const index = indices.get(name);
    const host = index === undefined ? undefined : hosts[index];
    if (index === undefined || !host) throw new Error(`no host ${name}`);
    return [host, index];
  };
  return (a, b) => {
    const [[hostA, indexA], [hostB, indexB]] = [place(a), place(b)];
    const edge = edgeBetween(indexA, indexB);
    if (!edge) return { kind: 'no-common-network', a, b, message: whyNoNetwork(hostA, hostB) };
    return chosen(
      world,
      edge,
      { host: hostA, address: edge.localAddress },
      { host: hostB, address: edge.remoteAddress },
    );
  };
}

interface World {
  ground: Ground;
  ruleOf: RuleOf;
  isOut(a: string, b: string, type: LinkEnd['type']): boolean;
}

/** Whether a link of a type was down for long. */
function isOutIn(outages: Snapshot['outages']): World['isOut'] {
  const out = new Set(outages.flatMap(({ a, b, type = '' }) => [`${a} ${b} ${type}`, `${b} ${a} ${type}`]));
  return (a, b, type) => out.size > 0 && out.has(`${a} ${b} ${type}`);
}

/** The first way that is possible; of those, one that was not down for long. */
function chosen(world: World, edge: UnderlayEdge, a: Place, b: Place): ReturnType<LinkEndsOf> {
  const { ground, ruleOf, isOut } = world;
  const rule = ruleOf(a.host.site, b.host.site);
  const policy = rule && { name: rule.policy.name, at: rule.policy.at };
  let found: LinkEnds | null = null;
  let refused: { carriage: Carriage; why: string } | null = null;
  let forbidden: string | null = null;
  for (const carriage of edge.carriages) {
    const why = refusal(a, b, carriage, ground);
    if (why !== null) {
      refused ??= { carriage, why };
      continue;
    }
    const ends = { a: endAt(a, b, carriage, ground), b: endAt(b, a, carriage, ground) };
    const breach = breachOf(rule, ends, a, b);
    if (breach !== null) forbidden ??= breach;
    else if (isOut(a.host.name, b.host.name, carriage.type)) found ??= { kind: 'link-ends', ...ends, policy };
    else return { kind: 'link-ends', ...ends, policy };
  }
  if (found !== null) return found;
  if (refused !== null) {
    const message = `${refused.why}; paths are described in Network ${edge.network}.`;
    return refusedLink(a, b, refused.carriage.type, message, ground.inEffect, rule, policy);
  }
  if (rule === null || policy === null) throw new Error('without a policy a path has a way to be crossed');
  return forbiddenLink(a.host, b.host, rule, policy, forbidden ?? whyNone(edge, rule, a.host.site, b.host.site));
}

function breachOf(rule: PairRule | null, ends: { a: LinkEnd; b: LinkEnd }, a: Place, b: Place): string | null {
  return rule && whyNotPermitted(rule, wayOf(ends.a, ends.b), { a: a.host.site, b: b.host.site });
}

function forbiddenLink(
  a: SnapshotHost,
  b: SnapshotHost,
  rule: PairRule,
  policy: DecidingPolicy,
  what: string,
): LinkForbidden {
  const { links, reason } = rule.policy.spec;
  const why = reason === undefined ? '' : ` Its reason: ${printable(reason)}`;
  const message =
    `no link may be between host ${a.name} (site ${a.site}) and host ${b.name} (site ${b.site}): ${named(rule)} ${what}.${why} ` +
    (links === 'forbidden' ? 'Change the policy.' : 'Change the policy, or let the path have a link that it permits.');
  return { kind: 'forbidden', a: a.name, b: b.name, policy, message };
}

/** The ends that a link shall have: as planned, or those that are there when it is refused; null when there can be no link. */
export function endsInUse(ends: LinkEndsOf): (a: string, b: string) => { a: LinkEnd; b: LinkEnd } | null {
  return (a, b) => {
    const found = ends(a, b);
    if (found.kind === 'link-ends') return { a: found.a, b: found.b };
    return found.kind === 'refused' ? found.inEffect : null;
  };
}

function endAt(near: Place, far: Place, carriage: Carriage, ground: Ground): LinkEnd {
  const { type } = carriage;
  const addresses = { peer: far.host.name, type, local: near.address, remote: far.address };
  return { ...addresses, ...linkDetails[type](near, far, carriage, ground) };
}

/** Why a policy leaves no way to cross a path. */
function whyNone({ stated, network }: UnderlayEdge, rule: PairRule, a: string, b: string): string {
  const type = stated?.type ?? rule.policy.spec.preferred?.[0] ?? rule.policy.spec.allowed?.[0] ?? 'udp';
  const why = whyNoCarriage(type, stated, rule, a, b) ?? `permits no type that crosses a path of Network ${network}`;
  const isStated = stated !== undefined && rule.policy.spec.links !== 'forbidden';
  return isStated ? `${why}, and Network ${network} states links of type ${stated.type}` : why;
}

function refusedLink(
  a: Place,
  b: Place,
  type: LinkEnd['type'],
  why: string,
  state: FleetState,
  rule: PairRule | null,
  policy: DecidingPolicy | null,
): LinkRefused {
  const [atA, atB] = [state.get(a.host.name)?.links.get(b.host.name), state.get(b.host.name)?.links.get(a.host.name)];
  const there = atA && atB ? { a: atA, b: atB } : null;
  const inEffect = there && breachOf(rule, there, a, b) === null ? there : null;
  const meanwhile = inEffect ? `it goes on over ${inEffect.a.type}` : 'there is none';
  const chosen = rule === null ? '' : `, which ${named(rule)} leaves`;
  const message = `It cannot be of type ${type}${chosen}, and ${meanwhile}: ${why}`;
  return { kind: 'refused', type, inEffect, policy, message };
}

function whyNoNetwork(a: SnapshotHost, b: SnapshotHost): string {
  const networksOf = (host: SnapshotHost) => [...new Set(host.interfaces.map(({ network }) => network))];
  const common = networksOf(a).filter((network) => networksOf(b).includes(network));
  if (common.length === 0) {
    return (
      `no link is possible between host ${a.name} (on ${networksOf(a).join(', ')}) and host ${b.name} ` +
      `(on ${networksOf(b).join(', ')}): give both an interface on one Network`
    );
  }
  const entry = a.site === b.site ? `\`within\` for site ${a.site}` : `\`between\` for sites ${a.site} and ${b.site}`;
  return (
    `no link is possible between host ${a.name} (site ${a.site}) and host ${b.name} (site ${b.site}): ` +
    `both are on Network ${common.join(', ')}, which has no entry ${entry}: add one`
  );
}
