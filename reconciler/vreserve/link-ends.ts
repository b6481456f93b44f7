import type { LinkEnd } from '../../schema/generated/types.js';
import type { SnapshotHost } from '../model/snapshot.js';
import { edgesByPair, type Underlay } from '../model/underlay.js';

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

/**
 * Chooses the interfaces of planned links: VRESERVE before there is anything to reserve, all links run over commodity Networks.
 * The result takes the names of two different hosts of the list.
 */
export function linkEndsOver(
  hosts: readonly SnapshotHost[],
  underlay: Underlay,
): (a: string, b: string) => LinkEnds | NoCommonNetwork {
  const edgeBetween = edgesByPair(underlay);
  const indices = new Map(hosts.map(({ name }, index) => [name, index]));
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
    const { localAddress, remoteAddress } = edge;
    return {
      kind: 'link-ends',
      a: { peer: b, type: 'udp', local: localAddress, remote: remoteAddress },
      b: { peer: a, type: 'udp', local: remoteAddress, remote: localAddress },
    };
  };
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
