import { qualifierAddress, qualifierKind } from '../../../schema/forwarding.js';
import type { NetworkAttachment } from '../../../schema/generated/types.js';
import {
  type ChainNetwork,
  lanChain,
  linkChain,
  type NumberedLink,
  portChain,
  pulseInChain,
  pulseOutChain,
} from './device-chains.js';
import { networkChain } from './network-chains.js';
import { Draft, type RuleSet } from './rule-set.js';
import type { ActiveRule } from './select-rules.js';

/** All that the kernel has to know of a host, by names of devices that are there. */
export interface Table {
  networks: readonly NetworkAttachment[];
  links: readonly NumberedLink[];
  ports: readonly { device: string; network: string; mac: string }[];
  /** Devices of LANs, by network. */
  lans: ReadonlyMap<string, string>;
  rules: readonly ActiveRule[];
  keepAliveMs: number;
}

/** What the kernel is told of a host: the same for the same table and generation, to the byte. */
export function renderTable(table: Table, generation: number): RuleSet {
  const draft = new Draft(generation);
  for (const network of table.networks) {
    const rules = table.rules.filter(({ rule }) => rule.network === network.name);
    renderNetwork(draft, table, { ...network, chain: networkChain(draft, network.vni, rules) }, rules);
  }
  for (const link of table.links) pulseInChain(draft, link, table.keepAliveMs);
  if (table.links.length > 0) pulseOutChain(draft, table.links);
  return draft;
}

function renderNetwork(
  draft: Draft,
  { ports, links, lans }: Table,
  network: ChainNetwork & NetworkAttachment,
  rules: readonly ActiveRule[],
): void {
  for (const port of ports) if (port.network === network.name) portChain(draft, port.device, port.mac, network);
  for (const link of links) linkChain(draft, link, network);
  const lan = lans.get(network.name);
  if (lan === undefined) return;
  const members = rules.flatMap(({ rule }) =>
    qualifierKind(rule.destination) === 'address' ? (qualifierAddress(rule.destination) ?? []) : [],
  );
  lanChain(draft, lan, network, [...new Set(members)]);
}
