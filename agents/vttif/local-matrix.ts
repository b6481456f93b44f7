import type { MatrixEntry, NetworkAttachment } from '../../schema/generated/types.js';
import { type BpfMap, sumCounters } from '../vnet/bpf-map.js';
import { decodePairKey, layout } from '../vnet/layout.js';

/** VTTIF's local matrix as the kernel has counted it: frames from local guests that matched a rule, on the given networks. */
export function readLocalMatrix(matrix: BpfMap, networks: readonly NetworkAttachment[]): MatrixEntry[] {
  const names = new Map(networks.map((network) => [network.vni, network.name]));
  const { size, bytes, packets } = layout.traffic;
  return matrix.entries().flatMap(([key, value]) => {
    const { vni, source, destination } = decodePairKey(key);
    const network = names.get(vni);
    if (network === undefined) return [];
    const counts = { bytes: sumCounters(value, bytes, size), packets: sumCounters(value, packets, size) };
    return [{ network, source, destination, ...counts }];
  });
}
