import type { LabTopology } from '../lab/topology.js';
import type { Snapshot } from '../reconciler/model/snapshot.js';

/** The lab that plays an inventory. Interface addresses get the prefix length 24 of the examples' underlay. */
export function labTopology({ hosts, underlays }: Pick<Snapshot, 'hosts' | 'underlays'>): LabTopology {
  return {
    hosts: hosts.map(({ name, site, interfaces }) => ({
      name,
      site,
      interfaces: interfaces.map(({ name: device, network, address, rateMbps }) => ({
        name: device,
        network,
        address: `${address}/24`,
        ...(rateMbps === null ? {} : { rateMbps }),
      })),
    })),
    trunks: underlays.flatMap(({ name, between }) =>
      between.map(({ sites, rateMbps }) => ({ network: name, sites, rateMbps })),
    ),
  };
}
