import { describe, expect, it } from 'vitest';
import { emptyHost, type FleetState } from '../../../reconciler/model/fleet-state.js';
import type { Carriage, SnapshotHost } from '../../../reconciler/model/snapshot.js';
import { underlayOf } from '../../../reconciler/model/underlay.js';
import { endsInUse, linkEndsOver } from '../../../reconciler/vreserve/link-ends.js';
import type { Capabilities, Endpoint, HostReport, LinkEnd } from '../../../schema/generated/types.js';
import { snapshotHost } from '../fig14-inventory.js';

const everything: Capabilities = {
  core: 'ebpf',
  drivers: ['netns'],
  linkTypes: ['udp', 'tcp', 'tls', 'ssh', 'http', 'wireguard', 'stun'],
};
const ssh = { user: 'virtuoso', hostKey: `ssh-ed25519 ${'A'.repeat(43)}=` };

const able = (name: string, changes: Partial<SnapshotHost> = {}): SnapshotHost => ({
  ...snapshotHost(name, name === 'b' ? 'west' : 'east', [['eth0', 'wan', `10.0.0.${name.charCodeAt(0) - 96}`, 100]]),
  agentKey: `sha256:${name.repeat(43)}=`,
  ssh,
  capabilities: { ...everything, wireguardKey: `${name.repeat(43)}=` },
  ...changes,
});

const carriageOf = (type: Carriage['type'], changes: Partial<Carriage> = {}): Carriage => {
  return {
    type,
    port: null,
    listen: null,
    http: { secure: true, path: '/virtuoso', proxy: null },
    stun: null,
    ...changes,
  };
};

function planned(carriage: Carriage, hosts = [able('a'), able('b')], inEffect: FleetState = new Map()) {
  const between = [{ sites: ['east', 'west'] as [string, string], rateMbps: 10, latencyMs: 1, carriage }];
  const within = [{ site: 'east', rateMbps: null, latencyMs: 0.2, carriage }];
  return linkEndsOver(hosts, underlayOf(hosts, [{ name: 'wan', within, between }]), inEffect);
}

function ends(carriage: Carriage, ...rest: [SnapshotHost[]?, FleetState?]): LinkEnd[] {
  const found = planned(carriage, ...rest)('a', 'b');
  if (found.kind !== 'link-ends') throw new Error(JSON.stringify(found));
  return [found.a, found.b];
}

const shown = (host: SnapshotHost, endpoints: Endpoint[]): SnapshotHost => {
  const report = { host: host.name, endpoints, links: [], networks: [], guests: [], rules: [], faults: [] };
  return { ...host, report: { ...report, boot: 'b', sequence: 1, generation: 1, atMs: 0 } satisfies HostReport };
};

describe('a link of each type', () => {
  it('tcp: the host with the smaller name listens', () => {
    expect(ends(carriageOf('tcp'))).toEqual([
      { peer: 'b', type: 'tcp', local: '10.0.0.1', remote: '10.0.0.2', port: 7444, role: 'listen' },
      { peer: 'a', type: 'tcp', local: '10.0.0.2', remote: '10.0.0.1', port: 7444, role: 'connect' },
    ]);
  });

  it('tls: hosts of the site that is named listen, and each end pins the other', () => {
    const [a, b] = ends(carriageOf('tls', { listen: 'west', port: 443 }));
    expect(a).toMatchObject({ port: 443, role: 'connect', peerKey: able('b').agentKey });
    expect(b).toMatchObject({ port: 443, role: 'listen', peerKey: able('a').agentKey });
  });

  it('within one site the smaller name listens, even where the site is named', () => {
    const hosts = [able('a'), able('c')];
    const found = planned(carriageOf('tls', { listen: 'east' }), hosts)('c', 'a');
    expect(found).toMatchObject({ a: { role: 'connect' }, b: { role: 'listen' } });
  });

  it('ssh: the connecting end is told of the server', () => {
    const [a, b] = ends(carriageOf('ssh', { listen: 'west' }));
    expect(a).toEqual({ peer: 'b', type: 'ssh', local: '10.0.0.1', remote: '10.0.0.2', role: 'connect', ssh });
    expect(b).toEqual({ peer: 'a', type: 'ssh', local: '10.0.0.2', remote: '10.0.0.1', role: 'listen' });
  });

  it('http: both ends know of the proxy, and plain links pin nothing', () => {
    const http = { secure: true, path: '/x', proxy: '10.9.9.9:3128' };
    const [a, b] = ends(carriageOf('http', { http }));
    expect(a).toMatchObject({ port: 7446, role: 'listen', http: { secure: true, path: '/x' } });
    expect(b).toMatchObject({ role: 'connect', http, peerKey: able('a').agentKey });
    expect(a?.http).toHaveProperty('proxy', '10.9.9.9:3128');
    const [plain] = ends(carriageOf('http', { http: { ...http, secure: false } }));
    expect(plain).not.toHaveProperty('peerKey');
  });

  it('wireguard: each host has one address inside all its tunnels', () => {
    const [a, b] = ends(carriageOf('wireguard'));
    expect(a).toMatchObject({ port: 51820, wireguard: { publicKey: `${'b'.repeat(43)}=` } });
    expect(a?.wireguard?.local).toMatch(/^100\.(9[6-9]|1[01][0-9]|12[0-7])\./);
    expect([b?.wireguard?.local, b?.wireguard?.remote]).toEqual([a?.wireguard?.remote, a?.wireguard?.local]);
    const third = planned(carriageOf('wireguard'), [able('a'), able('b'), able('c')])('a', 'c');
    expect(third).toMatchObject({ a: { wireguard: { local: a?.wireguard?.local } } });
  });

  it('udp: without a port of its own, unless an end has no eBPF', () => {
    expect(ends(carriageOf('udp'))[0]).toEqual({ peer: 'b', type: 'udp', local: '10.0.0.1', remote: '10.0.0.2' });
    const plain = (name: string) => able(name, { capabilities: { ...everything, core: 'nftables' } });
    const hosts = [plain('a'), ...'bcdefghij'.split('').map((name) => able(name))];
    const linkEnds = planned(carriageOf('udp'), hosts);
    const ports = hosts.slice(1).map(({ name }) => {
      const found = linkEnds('a', name);
      if (found.kind !== 'link-ends') throw new Error(found.message);
      expect(found.b.port).toBe(found.a.port);
      return found.a.port ?? 0;
    });
    expect(new Set(ports).size).toBe(ports.length);
    for (const port of ports) expect(port >= 20_000 && port <= 29_999).toBe(true);
    expect(linkEnds('c', 'd')).toMatchObject({ a: { type: 'udp' } });
    expect(linkEnds('c', 'd')).not.toHaveProperty('a.port');
  });
});

describe('packets of a udp link', () => {
  const stamping = { capabilities: { ...everything, stamps: true } };
  const stamped = (hosts: SnapshotHost[], inEffect?: FleetState) =>
    ends(carriageOf('udp'), hosts, inEffect).map((end) => end.stamped);

  it('are stamped where both ends can', () => {
    expect(stamped([able('a', stamping), able('b', stamping)])).toEqual([true, true]);
    expect(stamped([able('a', stamping), able('b')])).toEqual([undefined, undefined]);
    const plain = able('b', { capabilities: { ...everything, core: 'nftables' } });
    expect(stamped([able('a', stamping), plain])).toEqual([undefined, undefined]);
  });

  it('go on as they are while an agent has not told what it can', () => {
    const silent = able('b', { capabilities: null });
    expect(stamped([able('a', stamping), silent])).toEqual([undefined, undefined]);
    const inEffect: FleetState = new Map();
    for (const [index, end] of ends(carriageOf('udp'), [able('a', stamping), able('b', stamping)]).entries())
      inEffect.set('ab'[index] ?? '', { ...emptyHost(), links: new Map([[end.peer, end]]) });
    expect(stamped([able('a', stamping), silent], inEffect)).toEqual([true, true]);
    expect(stamped([able('a'), silent], inEffect)).toEqual([undefined, undefined]);
  });

  it('are not stamped on links of other types', () => {
    const hosts = [able('a', stamping), able('b', stamping)];
    for (const type of ['tcp', 'tls'] as const)
      for (const end of ends(carriageOf(type), hosts)) expect(end).not.toHaveProperty('stamped');
  });
});

describe('a stun link', () => {
  const stun = { address: '192.0.2.9', port: 3478 };
  const carriage = carriageOf('stun', { stun });
  const seen = { local: '10.0.0.2', port: 3479, publicAddress: '198.51.100.7', publicPort: 40_001 };

  it('has no remote port until the peer knows how its NAT shows it', () => {
    const [a] = ends(carriage);
    expect(a).toEqual({ peer: 'b', type: 'stun', local: '10.0.0.1', remote: '10.0.0.2', port: 3479, stun });
    const [told] = ends(carriage, [able('a'), shown(able('b'), [seen])]);
    expect(told).toMatchObject({ remote: '198.51.100.7', remotePort: 40_001 });
    const [other] = ends(carriage, [able('a'), shown(able('b'), [{ ...seen, port: 5000 }])]);
    expect(other).not.toHaveProperty('remotePort');
  });

  it('keeps what was known while an agent that has started again does not know', () => {
    const [known] = ends(carriage, [able('a'), shown(able('b'), [seen])]);
    if (!known) throw new Error('no end');
    const inEffect: FleetState = new Map([['a', { ...emptyHost(), links: new Map([['b', known]]) }]]);
    expect(ends(carriage, [able('a'), able('b')], inEffect)[0]).toEqual(known);
  });
});

describe('a type that cannot be', () => {
  const unable = able('b', { capabilities: { ...everything, linkTypes: ['udp'] } });

  it('is refused with the host, what it can, and where types are written', () => {
    const found = planned(carriageOf('tls'), [able('a'), unable])('a', 'b');
    expect(found).toMatchObject({ kind: 'refused', type: 'tls', inEffect: null });
    expect(found).toMatchObject({ message: expect.stringMatching(/type tls.*host b can set up udp\..*Network wan/s) });
    expect(endsInUse(() => found)('a', 'b')).toBeNull();
  });

  it('leaves a link that is there as it is', () => {
    const [a, b] = ends(carriageOf('udp'));
    if (!a || !b) throw new Error('no ends');
    const inEffect: FleetState = new Map([
      ['a', { ...emptyHost(), links: new Map([['b', a]]) }],
      ['b', { ...emptyHost(), links: new Map([['a', b]]) }],
    ]);
    const linkEnds = planned(carriageOf('tls'), [able('a'), unable], inEffect);
    expect(endsInUse(linkEnds)('a', 'b')).toEqual({ a, b });
    expect(linkEnds('a', 'b')).toMatchObject({ message: expect.stringContaining('it goes on over udp') });
  });

  it.each([
    ['wireguard', able('b', { capabilities: everything }), 'host b has not told its WireGuard key'],
    ['tls', able('b', { agentKey: null }), 'Host b has no agentKey'],
    ['ssh', able('a', { ssh: null }), 'Host a has no ssh'],
    ['stun', able('b'), 'names no STUN server'],
  ] as const)('%s says what is missing', (type, lacking, message) => {
    const hosts = lacking.name === 'a' ? [lacking, able('b')] : [able('a'), lacking];
    expect(planned(carriageOf(type), hosts)('a', 'b')).toMatchObject({ message: expect.stringContaining(message) });
  });
});
