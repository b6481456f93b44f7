import type { DecidingPolicy, LinkEnd } from '../../schema/generated/types.js';
import { decidingPolicies, type PairRule } from '../../schema/link-policy/deciding-policy.js';
import { saysOf, speaksOf } from '../../schema/link-policy/policy-text.js';
import { named } from '../../schema/link-policy/why-not-permitted.js';
import { printable } from '../../schema/validate/render.js';
import { whyNoCarriage } from '../model/carriages.js';
import type { Snapshot, SnapshotHost } from '../model/snapshot.js';
import { edgesByPair, type UnderlayEdge, underlayOf } from '../model/underlay.js';
import { linkEndsOver } from '../vreserve/link-ends.js';
import { whyRefused } from '../vreserve/why-refused.js';
import type { Inputs } from './pose.js';
import { pose } from './pose.js';

type LinkType = LinkEnd['type'];

/** What became of one type of link. `later`: it may be, and comes after the one that is chosen. */
export interface TypeLine {
  type: LinkType;
  verdict: 'chosen' | 'later' | 'down' | 'impossible' | 'not-stated' | 'not-permitted';
  why: string;
}

/** What link there may be between two hosts, and why. */
export interface LinkStudied {
  kind: 'studied';
  a: string;
  b: string;
  sites: [string, string];
  /** Policy that decides; null where none speaks of the two sites. */
  policy: (DecidingPolicy & { speaksOf: string; says: string; reason: string | null }) | null;
  /** Null: no link may be, or can be. */
  chosen: LinkType | null;
  inEffect: LinkType | null;
  types: TypeLine[];
  /** Where there is no link: what stands in the way. */
  message: string | null;
}

/** Looks at every type of link that two hosts could have, as a pass would. */
export function studyLink(inputs: Inputs, a: string, b: string): LinkStudied | { kind: 'unknown'; reason: string } {
  const posed = pose(inputs);
  if (posed.kind === 'rejected') return { kind: 'unknown', reason: 'The documents of then are not valid any more.' };
  const { hosts, underlays, linkPolicies, current } = posed.snapshot;
  const places = [a, b].map((name) => hosts.findIndex((host) => host.name === name)) as [number, number];
  const [hostA, hostB] = places.map((place) => hosts[place]);
  const missing = hostA === undefined ? a : hostB === undefined ? b : null;
  if (missing !== null || hostA === undefined || hostB === undefined)
    return { kind: 'unknown', reason: `No document has a host called ${missing}.` };
  const found = linkEndsOver(hosts, underlayOf(hosts, underlays, linkPolicies), current, posed.snapshot)(a, b);
  const edge = edgesByPair(underlayOf(hosts, underlays, linkPolicies))(...places);
  const rule = linkPolicies ? decidingPolicies(linkPolicies)(hostA.site, hostB.site) : null;
  const chosen = found.kind === 'link-ends' ? found.a.type : null;
  return {
    kind: 'studied',
    ...{ a, b, chosen },
    sites: [hostA.site, hostB.site],
    policy: rule && described(rule),
    inEffect: current.get(a)?.links.get(b)?.type ?? null,
    types: edge ? allTypes.map((type) => typeLine(type, posed.snapshot, edge, rule, chosen, [hostA, hostB])) : [],
    message: found.kind === 'link-ends' ? null : found.message,
  };
}

const allTypes: readonly LinkType[] = ['udp', 'wireguard', 'tls', 'tcp', 'http', 'ssh', 'stun'];

function described(rule: PairRule): NonNullable<LinkStudied['policy']> {
  const { name, at, spec } = rule.policy;
  const reason = spec.reason === undefined ? null : printable(spec.reason);
  return { name, at, speaksOf: printable(speaksOf(rule.policy)), says: saysOf(rule.policy), reason };
}

function typeLine(
  type: LinkType,
  snapshot: Snapshot,
  edge: UnderlayEdge,
  rule: PairRule | null,
  chosen: LinkType | null,
  [a, b]: [SnapshotHost, SnapshotHost],
): TypeLine {
  if (type === chosen) return { type, verdict: 'chosen', why: 'It is the first that is possible.' };
  const barred = rule && whyNoCarriage(type, edge.stated, rule, a.site, b.site);
  if (rule && barred !== null) return { type, verdict: 'not-permitted', why: `${named(rule)} ${barred}.` };
  const carriage = edge.carriages.find((each) => each.type === type);
  if (carriage === undefined) return { type, verdict: 'not-stated', why: notStated(edge, rule) };
  const refused = whyRefused(snapshot, edge, a, b, carriage);
  if (refused !== null) return { type, verdict: 'impossible', why: `${capital(refused)}.` };
  const isDown = snapshot.outages.some(
    (each) => each.type === type && [each.a, each.b].sort().join() === [a.name, b.name].sort().join(),
  );
  if (isDown) return { type, verdict: 'down', why: 'It was down for long, and is tried again later.' };
  return { type, verdict: 'later', why: 'It may be, and comes after the one that is chosen.' };
}

function notStated({ stated, network }: UnderlayEdge, rule: PairRule | null): string {
  if (stated !== undefined) return `Network ${network} states links of type ${stated.type} for this path.`;
  if (rule !== null) return `It needs settings that only a path can state: write \`link\` in Network ${network}.`;
  return `Network ${network} states no link for this path, and no LinkPolicy prefers another type than udp.`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
