import type { Host, Network } from '../schema/generated/types.js';
import { rateMbps } from '../schema/quantities.js';
import type { LabInterface, LabTopology } from './topology.js';

/**
 * The lab that stands for an inventory. A path inside a site carries what its Network says by holding every interface there to it.
 * Latencies are not imitated: an ordinary kernel has no means to.
 */
export function labTopology(hosts: readonly Host[], networks: readonly Network[]): LabTopology {
  return {
    hosts: hosts.map(({ metadata, spec }) => ({
      name: metadata.name,
      site: spec.site,
      interfaces: spec.interfaces.map((each) => labInterface(each, spec.site, networks)),
    })),
    trunks: networks.flatMap(({ metadata, spec }) =>
      (spec.between ?? []).map(({ sites, bandwidth }) => ({
        network: metadata.name,
        sites: [sites[0] ?? '', sites[1] ?? ''] as [string, string],
        rateMbps: rateMbps(bandwidth),
      })),
    ),
  };
}

function labInterface(
  { name, network, address, bandwidth }: Host['spec']['interfaces'][number],
  site: string,
  networks: readonly Network[],
): LabInterface {
  const underlay = networks.find(({ metadata }) => metadata.name === network);
  const within = underlay?.spec.within?.find((each) => each.site === site)?.bandwidth;
  const limits = [bandwidth, within].filter((limit) => limit !== undefined).map(rateMbps);
  return { name, network, address, ...(limits.length === 0 ? {} : { rateMbps: Math.min(...limits) }) };
}
