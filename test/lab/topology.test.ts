import { describe, expect, it } from 'vitest';
import { labNames } from '../../lab/names.js';
import { controlAddress, type LabTopology, switches, topologyFaults } from '../../lab/topology.js';

const host = (name: string, site: string, address: string, device = 'eth0') => ({
  name,
  site,
  interfaces: [{ name: device, network: 'wan', address: `${address}/24` }],
});
const trunk = (a: string, b: string): LabTopology['trunks'][number] => ({
  network: 'wan',
  sites: [a, b],
  rateMbps: 10,
});

describe('topology', () => {
  it('has a switch for each site on each network', () => {
    const hosts = [host('a', 'x', '10.0.0.1'), host('b', 'y', '10.0.0.2'), host('c', 'y', '10.0.0.3')];
    expect(switches({ hosts, trunks: [trunk('x', 'y')] })).toEqual(['wan/x', 'wan/y']);
    expect(topologyFaults({ hosts, trunks: [trunk('x', 'y')] })).toEqual([]);
  });

  it('must not close a loop of trunks', () => {
    const hosts = ['x', 'y', 'z'].map((site, index) => host(site, site, `10.0.0.${index + 1}`));
    const trunks = [trunk('x', 'y'), trunk('y', 'z')];
    expect(topologyFaults({ hosts, trunks })).toEqual([]);
    expect(topologyFaults({ hosts, trunks: [...trunks, trunk('z', 'x')] })).toEqual([
      expect.stringContaining('z-x closes a loop'),
    ]);
  });

  it('must not use an address twice, nor what is the lab’s own', () => {
    const hosts = [
      host('a', 'x', '10.0.0.1'),
      host('b', 'x', '10.0.0.1'),
      host('c', 'x', '10.255.0.9'),
      host('d', 'x', '10.0.0.2', 'control'),
    ];
    const faults = topologyFaults({ hosts, trunks: [] });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'b/eth0 and a/eth0 have the address 10.0.0.1',
      'c/eth0',
      'd/control',
    ]);
  });

  it('gives every host an address of its own on the management network', () => {
    const addresses = Array.from({ length: 600 }, (_, index) => controlAddress(index));
    expect(addresses[0]).toBe('10.255.0.2');
    expect(new Set(addresses).size).toBe(600);
    expect(addresses).not.toContain('10.255.0.1');
  });
});

describe('names of labs', () => {
  it.each(['', 'a.b', '-a', 'a-', 'A', 'a/b', 'a'.repeat(33)])('refuse %j', (name) => {
    expect(() => labNames(name)).toThrow('cannot be the name of a lab');
  });

  it('keep labs apart whose names begin alike', () => {
    expect(
      labNames('a-b')
        .host('c')
        .startsWith(`${labNames('a').lab}.`),
    ).toBe(false);
  });
});

it('plugs a LAN into a host that there is, by a device that is free', () => {
  const hosts = [host('a', 'x', '10.0.0.1')];
  const lan = (at: string, device: string) => ({ name: 'office', host: at, device, address: '192.168.50.1/24' });
  expect(topologyFaults({ hosts, trunks: [], lans: [lan('a', 'lan0')] })).toEqual([]);
  expect(topologyFaults({ hosts, trunks: [], lans: [lan('b', 'lan0')] })).toEqual([
    expect.stringContaining('plugged into b, which is not a host'),
  ]);
  expect(topologyFaults({ hosts, trunks: [], lans: [lan('a', 'eth0')] })).toEqual([
    expect.stringContaining('eth0 is taken'),
  ]);
});
