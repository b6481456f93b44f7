import type { HostObservation, HostReport, HostState, WireMessage } from '../../schema/generated/types.js';

const pin = `sha256:${'A'.repeat(43)}=`;
const place = { local: '10.0.0.1', remote: '10.0.0.2', peer: 'host-2' };
const macs = { a: '02:00:00:00:00:0a', b: '02:00:00:00:00:0b' };
const guest = {
  name: 'vm-a',
  network: 'lan',
  mac: macs.a,
  address: '192.168.0.1/24',
  driver: 'netns',
  computeCores: 0.5,
  memoryMib: 64,
} as const;

const state: HostState = {
  host: 'host-1',
  generation: 7,
  samplingIntervalMs: 1000,
  keepAliveMs: 1000,
  networks: [
    {
      name: 'lan',
      vni: 100,
      mtu: 1450,
      proxy: 'host-2',
      lan: 'eth1',
      neighbours: [{ address: '192.168.0.2', mac: macs.b }],
    },
  ],
  links: [
    { ...place, type: 'udp', port: 4789 },
    { ...place, type: 'tls', port: 4790, role: 'listen', peerKey: pin },
    {
      ...place,
      type: 'http',
      port: 443,
      role: 'connect',
      peerKey: pin,
      http: { secure: true, path: '/v', proxy: '10.0.0.9:3128' },
    },
    {
      ...place,
      type: 'ssh',
      role: 'connect',
      ssh: { user: 'vnet', port: 22, hostKey: `ssh-ed25519 ${'A'.repeat(68)}` },
    },
    {
      ...place,
      type: 'wireguard',
      wireguard: { publicKey: `${'B'.repeat(43)}=`, local: '10.1.0.1', remote: '10.1.0.2' },
    },
    { ...place, type: 'stun', port: 5000, remotePort: 5001, stun: { address: '10.0.0.8', port: 3478 } },
  ],
  guests: [guest, { ...guest, name: 'vm-c', from: 'host-2' }],
  departures: [{ guest: 'vm-b', to: 'host-2' }],
  removals: ['vm-d'],
  rules: [
    { network: 'lan', source: macs.a, destination: macs.b, to: [{ kind: 'link', peer: 'host-2' }] },
    { network: 'lan', source: 'any', destination: macs.a, to: [{ kind: 'port', guest: 'vm-a' }] },
    { network: 'lan', source: `not-${macs.b}`, destination: 'none', to: [{ kind: 'lan' }] },
    { network: 'lan', source: 'any', destination: 'group', to: [{ kind: 'lan' }, { kind: 'link', peer: 'host-2' }] },
  ],
};

const report: HostReport = {
  host: 'host-1',
  boot: 'boot-1',
  sequence: 3,
  generation: 7,
  atMs: 1.75e12,
  networks: state.networks,
  links: state.links.map((link) => ({
    link,
    up: false,
    setUpMs: 12.5,
    trouble: 'It is not connected.',
    connections: 2,
  })),
  guests: [{ guest, phase: 'running' }],
  rules: state.rules,
  faults: [{ kind: 'link', subject: 'host-2', message: 'It cannot be made.' }],
  bound: { switchMs: 3, links: [{ type: 'tls', setUpMs: 40 }] },
  endpoints: [{ local: '10.0.0.1', port: 5000, publicAddress: '192.0.2.1', publicPort: 61000 }],
};

const observation: HostObservation = {
  host: 'host-1',
  epoch: 'epoch-1',
  sequence: 9,
  atMs: 1.75e12,
  matrix: [{ network: 'lan', source: macs.a, destination: macs.b, bytes: 2 ** 40, packets: 1000 }],
  links: [{ peer: 'host-2', sentBytes: 1, receivedBytes: 2 }],
  guests: [{ guest: 'vm-a', cpuMs: 12.5 }],
  drops: [{ reason: 'no-rule', frames: 1 }],
};

/** One message of each kind, with all that can be in it: what mutations start from. */
export const wireMessages: readonly WireMessage[] = [
  {
    kind: 'hello',
    protocol: 1,
    host: 'host-1',
    boot: 'boot-1',
    version: '0.1.0',
    seenGeneration: 6,
    capabilities: { core: 'ebpf', drivers: ['netns'], linkTypes: ['udp', 'tcp'], lacks: ['No WireGuard.'] },
  },
  { kind: 'welcome', protocol: 1, traces: true },
  { kind: 'desire', state },
  { kind: 'report', report },
  { kind: 'observe', observation },
  { kind: 'trace', peer: 'host-2', begunAtMs: 1.75e12, offset: 4096, data: 'VldSRU5UUkMC' },
  { kind: 'refusal', reason: 'stale-generation', message: 'It is old.', generation: 8 },
];
