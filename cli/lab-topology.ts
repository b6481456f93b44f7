import type { LabTopology } from '../lab/topology.js';
import type { Snapshot } from '../reconciler/model/snapshot.js';

/**
 * The lab that plays an inventory. Interface addresses get the prefix length 24 of the examples' underlay; an interface is as fast
 * as it is stated to be, or as the paths within its site are, whichever is less. What is stated nowhere is not limited.
 */
export function labTopology({
  hosts,
  underlays,
  networks,
}: Pick<Snapshot, 'hosts' | 'underlays' | 'networks'>): LabTopology {
  return {
    hosts: hosts.map(({ name, site, interfaces }) => ({
      name,
      site,
      interfaces: interfaces.map(({ name: device, network, address, rateMbps }) => {
        const path = underlays.find((each) => each.name === network)?.within.find((each) => each.site === site);
        const rate = Math.min(rateMbps ?? Number.POSITIVE_INFINITY, path?.rateMbps ?? Number.POSITIVE_INFINITY);
        return {
          name: device,
          network,
          address: `${address}/24`,
          ...(Number.isFinite(rate) ? { rateMbps: rate } : {}),
        };
      }),
    })),
    trunks: underlays.flatMap(({ name, between }) =>
      between.map(({ sites, rateMbps }) => ({ network: name, sites, ...(rateMbps === null ? {} : { rateMbps }) })),
    ),
    lans: networks.flatMap(({ name, proxy, lan }, index) =>
      lan === undefined ? [] : [{ name, host: proxy, device: lan, address: `192.168.${200 + index}.1/24` }],
    ),
  };
}
