import { describe, expect, it } from 'vitest';
import { madeMac } from '../../../schema/validate/made-mac.js';
import { validateFiles } from '../../../schema/validate/validate-files.js';

type Spec = Record<string, unknown>;

/** A file for each document; JSON is YAML too. Fields of `spec` each stand on a line of their own, from line 5 on. */
function file(kind: string, name: string, spec: Spec): { path: string; text: string } {
  const fields = Object.entries(spec).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`);
  const head = `apiVersion: virtuoso.dev/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec:\n`;
  return {
    path: `${kind}/${name}.yaml`,
    text: fields.length > 0 ? head + fields.join('') : head.replace('spec:', 'spec: {}'),
  };
}

const site = (name: string) => file('Site', name, {});
const host = (index: number, spec: Spec = {}) =>
  file('Host', `host-${index}`, {
    site: 'east',
    interfaces: [{ name: 'eth0', network: 'internet', address: `192.0.2.${index}/24` }],
    compute: 4,
    memory: '8Gi',
    ...spec,
  });
const network = (spec: Spec = { within: [{ site: 'east' }] }) => file('Network', 'internet', spec);
const lan = (name = 'lan', vni = 1) => file('VirtualNetwork', name, { vni, proxy: 'host-1' });
const vms = (name: string, members: Spec[], spec: Spec = {}) =>
  file('VMSet', name, { network: 'lan', compute: 1, memory: '1Gi', members, ...spec });

/** What is wrong with a small, sound fleet to which `files` are added, or whose files they replace. */
function mistakes(...files: { path: string; text: string }[]): string[] {
  const sound = [site('east'), network(), host(1), host(2), lan()];
  const all = new Map([...sound, ...files].map(({ path, text }) => [path, text]));
  const { diagnostics } = validateFiles([...all].map(([path, text]) => ({ path, text })));
  return diagnostics.map(({ id, range }) => `${range.filename}:${range.start.line} ${id}`);
}

describe('references', () => {
  it('finds nothing in a sound fleet', () => {
    expect(mistakes(vms('web', [{ name: 'web-1', pin: 'host-2' }]))).toEqual([]);
  });

  it('wants a path from every host to every Proxy', () => {
    expect(mistakes(site('west'), host(2, { site: 'west' }))).toEqual(['Host/host-2.yaml:3 VIRT3011']);
    const joined = { within: [{ site: 'east' }], between: [{ sites: ['west', 'east'], bandwidth: '1Gbps' }] };
    expect(mistakes(site('west'), host(2, { site: 'west' }), network(joined))).toEqual([]);
  });

  it('does not tell missing paths while a Network cannot be read', () => {
    const found = mistakes(site('west'), host(2, { site: 'west' }), network({ within: 3 }));
    expect(found).toEqual(['Network/internet.yaml:5 VIRT2006']);
  });

  it('wants VMs no larger than a host, counting the share kept for ordinary processes', () => {
    const members = [{ name: 'web-1' }];
    expect(mistakes(vms('web', members, { compute: 4, memory: '8Gi' }))).toEqual([]);
    expect(mistakes(vms('web', members, { compute: 5 }))).toEqual(['VMSet/web.yaml:6 VIRT4001']);
    expect(mistakes(vms('web', members, { memory: '9Gi' }))).toEqual(['VMSet/web.yaml:7 VIRT4001']);
    const reserved = [host(1, { reservedShare: 0.5 }), host(2, { reservedShare: 0.25 })];
    expect(mistakes(...reserved, vms('web', members, { compute: 3 }))).toEqual([]);
    expect(mistakes(...reserved, vms('web', members, { compute: '3500m' }))).toEqual(['VMSet/web.yaml:6 VIRT4001']);
    const narrow = [host(1, { memory: '1Gi' }), host(2, { compute: 1 })];
    expect(mistakes(...narrow, vms('web', members, { compute: 2, memory: '2Gi' }))).toEqual([
      'VMSet/web.yaml:6 VIRT4001',
    ]);
  });

  it('does not tell oversized VMs while the size of a host is not known', () => {
    const found = mistakes(host(2, { memory: 'lots' }), vms('web', [{ name: 'web-1' }], { memory: '9Gi' }));
    expect(found).toEqual(['Host/host-2.yaml:8 VIRT2007']);
  });

  it('wants what is pinned to a host to fit there together, and tells it once', () => {
    const pinned = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `web-${i}`, pin: 'host-1' }));
    expect(mistakes(vms('web', pinned(4)))).toEqual([]);
    expect(mistakes(vms('web', pinned(6)))).toEqual(['VMSet/web.yaml:8 VIRT4005']);
    expect(mistakes(host(1, { maxGuests: 1 }), vms('web', pinned(2)))).toEqual(['VMSet/web.yaml:8 VIRT4005']);
    expect(mistakes(vms('web', pinned(4), { compute: '100m', memory: '2Gi' }))).toEqual([]);
  });

  it('tells made addresses that collide with stated ones', () => {
    const taken = madeMac('02:56:00', 'web-1');
    const found = mistakes(vms('web', [{ name: 'web-1' }]), vms('batch', [{ name: 'batch-1', mac: taken }]));
    expect(found).toEqual(['VMSet/web.yaml:8 VIRT3016']);
  });

  it('wants demands within one virtual network, once', () => {
    const demand = { from: 'web-1', to: 'db-1', bandwidth: '1Mbps' };
    const web = vms('web', [{ name: 'web-1' }], { demands: [demand] });
    const db = (network: string) => vms('db', [{ name: 'db-1' }], { network });
    expect(mistakes(web, db('lan'))).toEqual([]);
    expect(mistakes(web, db('storage'), lan('storage', 2))).toEqual(['VMSet/web.yaml:9 VIRT3017']);
    const twice = vms('web', [{ name: 'web-1' }], { demands: [demand, demand] });
    expect(mistakes(twice, db('lan'))).toEqual(['VMSet/web.yaml:9 VIRT3018']);
  });

  it('lets two virtual networks use the same IP addresses', () => {
    const members = (name: string) => [{ name, address: '10.0.0.1/24' }];
    const both = [vms('web', members('web-1')), vms('db', members('db-1'), { network: 'storage' }), lan('storage', 2)];
    expect(mistakes(...both)).toEqual([]);
    expect(mistakes(vms('web', members('web-1')), vms('db', members('db-1')))).toEqual(['VMSet/web.yaml:8 VIRT3004']);
  });

  it('does not tell dangling names for documents that are there but cannot be read', () => {
    const unreadable = { path: 'Host/host-2.yaml', text: 'kind: Host\nmetadata: {name: host-2}\nspec: "oops\n' };
    expect(mistakes(unreadable, vms('web', [{ name: 'web-1', pin: 'host-2' }]))).toEqual([
      'Host/host-2.yaml:3 VIRT1004',
    ]);
  });

  it('lists at most a hundred mistakes of one file', () => {
    const members = Array.from({ length: 500 }, (_, i) => ({ name: `web-${i}`, pin: 'nowhere' }));
    const found = mistakes(vms('web', members));
    expect(found).toHaveLength(101);
    expect(found.at(-1)).toBe('VMSet/web.yaml:8 VIRT1015');
  });

  // Comparing each set with each host takes minutes here.
  it('reads fleets of thousands of hosts and sets', () => {
    const numbers = Array.from({ length: 3000 }, (_, i) => i + 1);
    const address = (i: number) => `10.0.${i >> 8}.${i & 255}/8`;
    const hosts = numbers.map((i) =>
      host(i, { interfaces: [{ name: 'eth0', network: 'internet', address: address(i) }] }),
    );
    const sets = numbers.map((i) => vms(`set-${i}`, [{ name: `vm-${i}`, initialHost: `host-${i}` }]));
    expect(mistakes(...hosts, ...sets, vms('web', [{ name: 'web-1' }], { compute: 5 }))).toEqual([
      'VMSet/web.yaml:6 VIRT4001',
    ]);
  });
});
