import type { SourceFile } from '../../schema/validate/source-file.js';
import type { Lot } from './lot.js';

/** Sites with hosts, trunks between the sites, and VMs that start anywhere. */
export interface DrawnFleet {
  sites: { name: string; hosts: string[]; interfaceMbps: number }[];
  proxy: string;
  vms: { name: string; initialHost: string }[];
  files: SourceFile[];
}

const apiVersion = 'virtuoso.dev/v1alpha1';
const network = 'internet';
/** Fewer than by default, for speed. With half as many, some fleets found what was there to find a minute late. */
const iterations = 6000;
/** As the defaults of Adaptation. */
export const smoothingMs = 10_000;

/**
 * Every site has room for the largest group of VMs that talk, the first for one more, and perhaps none for all; over the trunks they
 * cannot have what they want.
 */
export function drawFleet(lot: Lot, groups: readonly number[], seed: number): DrawnFleet {
  const guestsOnHost = lot.one([1, 1, 2]);
  const hostsInSite = Math.ceil(Math.max(...groups) / guestsOnHost);
  let count = 0;
  const sites = Array.from({ length: lot.whole(2, 3) }, (_, i) => ({
    name: `site-${i + 1}`,
    hosts: Array.from({ length: hostsInSite + (i === 0 ? 1 : 0) }, () => `host-${++count}`),
    interfaceMbps: lot.one([100, 200, 500]),
  }));
  const hosts = sites.flatMap((site) => site.hosts);
  const slots = lot.shuffled(hosts.flatMap((host) => Array<string>(guestsOnHost).fill(host)));
  const vmCount = groups.reduce((sum, size) => sum + size, 0);
  const vms = Array.from({ length: vmCount }, (_, i) => ({ name: `vm-${i + 1}`, initialHost: slots[i] ?? '' }));
  const proxy = lot.one(hosts);
  const documents = [
    ...sites.map(({ name }) => document('Site', name, {})),
    ...hosts.map((name, i) => hostDocument(name, i, sites, guestsOnHost)),
    networkDocument(sites, lot),
    document('VirtualNetwork', 'lan', { vni: 42, proxy, mtu: 1450 }),
    document('VMSet', 'application', { network: 'lan', compute: 1, memory: '1Gi', members: vms.map(member) }),
    document('Adaptation', 'adaptation', {
      interval: '10s',
      vttif: { samplingInterval: '1s', smoothingInterval: `${smoothingMs}ms`, settle: '10s' },
      vadapt: { algorithm: 'engine', iterations, seed },
    }),
  ];
  const text = documents.map((each) => JSON.stringify(each)).join('\n---\n');
  return { sites, proxy, vms, files: [{ path: 'desired/all.yaml', text }] };
}

function member({ name, initialHost }: { name: string; initialHost: string }, index: number) {
  return { name, initialHost, address: `10.77.0.${index + 1}/24` };
}

function hostDocument(name: string, index: number, sites: DrawnFleet['sites'], maxGuests: number) {
  const site = sites.find(({ hosts }) => hosts.includes(name));
  const bandwidth = `${site?.interfaceMbps}Mbps`;
  return document('Host', name, {
    site: site?.name,
    interfaces: [{ name: 'eth0', network, address: `192.0.2.${index + 1}/24`, bandwidth }],
    compute: 4,
    memory: '8Gi',
    maxGuests,
    internalBandwidth: '2Gbps',
  });
}

function networkDocument(sites: DrawnFleet['sites'], lot: Lot) {
  const within = sites.map(({ name, interfaceMbps }) => {
    return { site: name, bandwidth: `${interfaceMbps}Mbps`, latency: '0.2ms' };
  });
  const between = sites.flatMap((a, i) =>
    sites.slice(i + 1).map((b) => {
      return { sites: [a.name, b.name], bandwidth: `${lot.one([10, 20, 40])}Mbps`, latency: `${lot.whole(2, 20)}ms` };
    }),
  );
  return document('Network', network, { within, between });
}

function document(kind: string, name: string, spec: object) {
  return { apiVersion, kind, metadata: { name }, spec };
}
