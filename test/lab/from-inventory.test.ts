import { expect, it } from 'vitest';
import { labTopology } from '../../lab/from-inventory.js';
import { topologyFaults } from '../../lab/topology.js';
import type { Host, Network } from '../../schema/generated/types.js';

const apiVersion = 'virtuoso.dev/v1alpha1';
const host = (name: string, site: string, address: string, bandwidth?: string): Host => ({
  apiVersion,
  kind: 'Host',
  metadata: { name },
  spec: {
    site,
    interfaces: [{ name: 'eth0', network: 'internet', address, ...(bandwidth === undefined ? {} : { bandwidth }) }],
    compute: 2,
    memory: '4Gi',
  },
});

it('a lab has the hosts, rates and trunks of the inventory', () => {
  const network: Network = {
    apiVersion,
    kind: 'Network',
    metadata: { name: 'internet' },
    spec: {
      within: [{ site: 'old', bandwidth: '100Mbps' }, { site: 'new' }],
      between: [{ sites: ['old', 'new'], bandwidth: '10Mbps' }],
    },
  };
  const hosts = [
    host('a', 'old', '10.0.0.1/24', '1Gbps'),
    host('b', 'new', '10.0.0.2/24', '1Gbps'),
    host('c', 'new', '10.0.0.3/24'),
  ];
  const topology = labTopology(hosts, [network]);
  expect(topology.hosts.map(({ name, site, interfaces }) => [name, site, interfaces[0]?.rateMbps])).toEqual([
    ['a', 'old', 100],
    ['b', 'new', 1000],
    ['c', 'new', undefined],
  ]);
  expect(topology.trunks).toEqual([{ network: 'internet', sites: ['old', 'new'], rateMbps: 10 }]);
  expect(topologyFaults(topology)).toEqual([]);
});
