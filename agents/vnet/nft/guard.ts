import type { LinkEnd } from '../../../schema/generated/types.js';
import { vxlanPort } from '../vxlan-devices.js';
import { countDrop } from './drop-chain.js';
import { keyText } from './listing.js';
import type { NftObject } from './nft.js';

/** The table that keeps strangers out: a VXLAN device takes frames from anyone who knows its port. */
export const guardTable = 'ip vnet';

export function portOf({ port }: LinkEnd): number {
  return port ?? vxlanPort;
}

/** Only the far ends of this host's own links are believed. */
export function guardLines(links: readonly LinkEnd[]): string[] {
  const peers = [...new Set(links.map((link) => `${link.remote} . ${portOf(link)}`))];
  const ports = [...new Set(links.map(portOf))];
  return [
    `table ${guardTable} {`,
    'set peers { type ipv4_addr . inet_service; }',
    'set ports { type inet_service; }',
    'set counts { type mark; size 16; flags dynamic; counter; }',
    'chain input { type filter hook input priority raw; policy accept; }',
    '}',
    `flush set ${guardTable} peers`,
    `flush set ${guardTable} ports`,
    `flush chain ${guardTable} input`,
    ...(links.length === 0
      ? []
      : [
          `add element ${guardTable} peers { ${peers.join(', ')} }`,
          `add element ${guardTable} ports { ${ports.join(', ')} }`,
        ]),
    `add rule ${guardTable} input udp dport @ports ip saddr . udp dport != @peers ${countDrop('no-port')} drop`,
  ];
}

/** Whether what `nft -j list table` shows is the guard of these links. */
export function guards(objects: readonly NftObject[], links: readonly LinkEnd[]): boolean {
  const set = objects.map(({ set }) => set as { name: string; elem?: unknown[] } | undefined);
  const peers = new Set(set.find((each) => each?.name === 'peers')?.elem?.map(keyText));
  const wanted = new Set(links.map((link) => `${link.remote} . ${portOf(link)}`));
  const filled = objects.some(({ rule }) => (rule as { chain: string } | undefined)?.chain === 'input');
  return filled && peers.size === wanted.size && [...wanted].every((peer) => peers.has(peer));
}
