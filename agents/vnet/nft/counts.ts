import type { DropCounter, LinkCounters, MatrixEntry, NetworkAttachment } from '../../../schema/generated/types.js';
import type { CoreState } from './core-state.js';
import { dropKey, dropReasons } from './drop-chain.js';
import { guardTable } from './guard.js';
import { keyText } from './listing.js';
import { linkMark, mark } from './mark.js';
import { listNft } from './nft.js';
import { matrixSet, table } from './transaction.js';

/** What the kernel has counted under one key. */
interface Count {
  packets: number;
  bytes: number;
}

/** Frames are counted where their Ethernet header is off already. */
const ethernetHeader = 14;

/** The counters of a set by key, in this thread's network namespace; empty if there is no such set. */
export function readCounts(table: string, set: string): Map<string, Count> {
  const objects = listNft('set', ...table.split(' '), set) ?? [];
  const content = objects.flatMap(({ set: found }) => (found as { elem?: unknown[] } | undefined)?.elem ?? []);
  return new Map(
    content.map((element) => {
      const { counter } = (element as { elem: { counter?: Count } }).elem;
      const { packets, bytes } = counter ?? { packets: 0, bytes: 0 };
      return [keyText(element), { packets, bytes: bytes + ethernetHeader * packets }];
    }),
  );
}

/** VTTIF's local matrix: frames from local guests that matched a rule. */
export function readMatrix(networks: readonly NetworkAttachment[]): MatrixEntry[] {
  return networks.flatMap(({ name, vni }) =>
    [...readCounts(table, matrixSet(vni))].map(([key, count]) => {
      const [source = '', destination = ''] = key.split(' . ');
      return { network: name, source, destination, bytes: count.bytes, packets: count.packets };
    }),
  );
}

export function linkCounters(counts: ReadonlyMap<string, Count>, { links, numbers }: CoreState): LinkCounters[] {
  const bytes = (key: number) => counts.get(String(key))?.bytes ?? 0;
  return links.map(({ link: { peer } }) => {
    const received = linkMark(numbers[peer] ?? 0);
    return { peer, sentBytes: bytes(received + mark.guest), receivedBytes: bytes(received) };
  });
}

/** Drops of the core, and of the guard before it. */
export function dropCounters(counts: ReadonlyMap<string, Count>): DropCounter[] {
  const strangers = readCounts(guardTable, 'counts');
  return dropReasons.map((reason) => {
    const key = String(dropKey(reason));
    return { reason, frames: (counts.get(key)?.packets ?? 0) + (strangers.get(key)?.packets ?? 0) };
  });
}
