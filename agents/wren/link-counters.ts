import type { LinkCounters, LinkEnd } from '../../schema/generated/types.js';
import { type BpfMap, sumCounters } from '../vnet/bpf-map.js';
import { encodeIndex, ipv4Number, layout } from '../vnet/layout.js';

/** What each link has carried, as the kernel has counted it. */
export function readLinkCounters(counters: BpfMap, links: readonly LinkEnd[]): LinkCounters[] {
  const { size, sentBytes, receivedBytes } = layout.linkTraffic;
  return links.map(({ peer, remote }) => {
    const value = counters.get(encodeIndex(ipv4Number(remote))) ?? Buffer.alloc(0);
    return {
      peer,
      sentBytes: sumCounters(value, sentBytes, size),
      receivedBytes: sumCounters(value, receivedBytes, size),
    };
  });
}
