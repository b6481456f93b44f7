import type { LinkCounters } from '../../schema/generated/types.js';
import { type BpfMap, sumCounters } from '../vnet/bpf-map.js';
import { encodeIndex, layout } from '../vnet/layout.js';

/** What each link has carried, as the kernel has counted it. `numbers` are those of the links, by peer. */
export function readLinkCounters(counters: BpfMap, numbers: readonly (readonly [string, number])[]): LinkCounters[] {
  const { size, sentBytes, receivedBytes } = layout.linkTraffic;
  return numbers.map(([peer, number]) => {
    const value = counters.get(encodeIndex(number)) ?? Buffer.alloc(0);
    return {
      peer,
      sentBytes: sumCounters(value, sentBytes, size),
      receivedBytes: sumCounters(value, receivedBytes, size),
    };
  });
}
