import type { LinkEnd } from '../../schema/generated/types.js';
import type { FleetState } from '../model/fleet-state.js';
import type { SnapshotHost } from '../model/snapshot.js';
import { edgesByPair, type Underlay } from '../model/underlay.js';
import { type Ground, groundOf, linkDetails, type Place, refusal } from './link-details.js';

/** The two ends of a planned link: `a` is installed on host a, `b` on host b. */
export interface LinkEnds {
  kind: 'link-ends';
  a: LinkEnd;
  b: LinkEnd;
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
  /** For people: why, and what to do. */
  message: string;
}

export type LinkEndsOf = (a: string, b: string) => LinkEnds | NoCommonNetwork | LinkRefused;

/**
 * Chooses the interfaces and the type of planned links: VRESERVE before there is anything to reserve, all links run over commodity
 * Networks, each as the path that it crosses says. The result takes the names of two different hosts of the list.
 * @param inEffect what the hosts report
 */
export function linkEndsOver(
  hosts: readonly SnapshotHost[],
  underlay: Underlay,
  inEffect: FleetState = new Map(),
): LinkEndsOf {
  const edgeBetween = edgesByPair(underlay);
  const indices = new Map(hosts.map(({ name }, index) => [name, index]));
  const ground = groundOf(hosts, inEffect);
  const place = (name: string): [SnapshotHost, number] => {
    const index = indices.get(name);
    const host = index === undefined ? undefined : hosts[index];
    if (index === undefined || !host) throw new Error(`no host ${name}`);
    return [host, index];
  };
  return (a, b) => {
    const [[hostA, indexA], [hostB, indexB]] = [place(a), place(b)];
    const edge = edgeBetween(indexA, indexB);
    if (!edge) return { kind: 'no-common-network', a, b, message: whyNone(hostA, hostB) };
    const { carriage, network } = edge;
    const [atA, atB] = [
      { host: hostA, address: edge.localAddress },
      { host: hostB, address: edge.remoteAddress },
    ];
    const why = refusal(atA, atB, carriage, ground);
    if (why !== null)
      return refused(a, b, carriage.type, `${why}; paths are described in Network ${network}.`, inEffect);
    const end = (near: Place, far: Place) => endAt(near, far, carriage, ground);
    return { kind: 'link-ends', a: end(atA, atB), b: end(atB, atA) };
  };
}

/** The ends that a link shall have: as planned, or those that are there when it is refused; null when there can be no link. */
export function endsInUse(ends: LinkEndsOf): (a: string, b: string) => { a: LinkEnd; b: LinkEnd } | null {
  return (a, b) => {
    const found = ends(a, b);
    if (found.kind === 'link-ends') return { a: found.a, b: found.b };
    return found.kind === 'refused' ? found.inEffect : null;
  };
}

function endAt(near: Place, far: Place, carriage: Parameters<typeof refusal>[2], ground: Ground): LinkEnd {
  const { type } = carriage;
  const addresses = { peer: far.host.name, type, local: near.address, remote: far.address };
  return { ...addresses, ...linkDetails[type](near, far, carriage, ground) };
}

function refused(a: string, b: string, type: LinkEnd['type'], why: string, state: FleetState): LinkRefused {
  const [atA, atB] = [state.get(a)?.links.get(b), state.get(b)?.links.get(a)];
  const inEffect = atA && atB ? { a: atA, b: atB } : null;
  const meanwhile = inEffect ? `it goes on over ${inEffect.a.type}` : 'there is none';
  return { kind: 'refused', type, inEffect, message: `It cannot be of type ${type}, and ${meanwhile}: ${why}` };
}

function whyNone(a: SnapshotHost, b: SnapshotHost): string {
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
