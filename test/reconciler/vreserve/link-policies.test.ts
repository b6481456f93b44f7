import { describe, expect, it } from 'vitest';
import type { FleetState } from '../../../reconciler/model/fleet-state.js';
import { emptyHost } from '../../../reconciler/model/fleet-state.js';
import type { Carriage, SnapshotHost } from '../../../reconciler/model/snapshot.js';
import { underlayOf } from '../../../reconciler/model/underlay.js';
import { endsInUse, linkEndsOver } from '../../../reconciler/vreserve/link-ends.js';
import type { Capabilities, LinkEnd, LinkPolicy, Outage } from '../../../schema/generated/types.js';
import { snapshotHost } from '../fig14-inventory.js';
import { able } from '../link-policies/told-fleet.js';

type Spec = LinkPolicy['spec'];

const host = (name: string, site: string, capabilities: Partial<Capabilities> = {}): SnapshotHost => ({
  ...snapshotHost(name, site, [
    ['eth0', 'wan', `10.0.0.${name.charCodeAt(0) - 96}`, 100],
    ['eth1', 'mpls', `10.1.0.${name.charCodeAt(0) - 96}`, 100],
  ]),
  agentKey: `sha256:${name.repeat(43)}=`,
  capabilities: { ...able, ...capabilities },
});

const policiesOf = (...specs: Spec[]) => ({
  policies: specs.map((spec, index) => ({ name: `p${index}`, at: `links.yaml:${index}`, spec })),
  sites: ['east', 'west'].map((name) => ({ name, labels: {} })),
});

interface World {
  specs: Spec[];
  wan?: Carriage;
  hosts?: SnapshotHost[];
  outages?: Outage[];
  inEffect?: FleetState;
  hasMpls?: boolean;
}

function between({
  specs,
  wan,
  hosts = [host('a', 'east'), host('b', 'west')],
  outages = [],
  inEffect,
  hasMpls = false,
}: World) {
  const linkPolicies = policiesOf(...specs);
  const path = { sites: ['east', 'west'] as [string, string], rateMbps: 10, latencyMs: 1 };
  const underlays = [
    { name: 'wan', within: [], between: [{ ...path, ...(wan ? { carriage: wan } : {}) }] },
    ...(hasMpls ? [{ name: 'mpls', within: [], between: [path] }] : []),
  ];
  return linkEndsOver(hosts, underlayOf(hosts, underlays, linkPolicies), inEffect, { linkPolicies, outages });
}

function end(world: World): LinkEnd {
  const found = between(world)('a', 'b');
  if (found.kind !== 'link-ends') throw new Error(found.message);
  return found.a;
}

const anywhere: Spec = { between: [{}, {}] };
const stated = (type: Carriage['type'], changes: Partial<Carriage> = {}): Carriage => {
  return { type, port: null, listen: null, http: { secure: true, path: '/', proxy: null }, stun: null, ...changes };
};

describe('the type of a link under a policy', () => {
  it('is the first that the policy prefers, and names the policy', () => {
    expect(end({ specs: [] }).type).toBe('udp');
    expect(between({ specs: [{ ...anywhere, preferred: ['ssh', 'tls'] }] })('a', 'b')).toMatchObject({
      a: { type: 'tls' }, // without an SSH server
      policy: { name: 'p0', at: 'links.yaml:0' },
    });
    expect(end({ specs: [{ ...anywhere, encryption: 'required' }] }).type).toBe('wireguard');
    expect(end({ specs: [{ ...anywhere, forbidden: ['udp', 'wireguard'] }] }).type).toBe('tls');
  });

  it('is the next where an agent cannot set up the first', () => {
    const hosts = [host('a', 'east'), host('b', 'west', { linkTypes: ['udp', 'http'] })];
    expect(end({ specs: [{ ...anywhere, encryption: 'required' }], hosts }).type).toBe('http');
  });

  it('is the next where the first was down for long, until that is tried again', () => {
    const specs: Spec[] = [{ ...anywhere, preferred: ['tls', 'wireguard'], allowed: ['tls', 'wireguard'] }];
    const out = (...types: ('tls' | 'wireguard')[]) => types.map((type): Outage => ({ a: 'a', b: 'b', type }));
    expect(end({ specs }).type).toBe('tls');
    expect(end({ specs, outages: out('tls') }).type).toBe('wireguard');
    expect(end({ specs, outages: out('wireguard') }).type).toBe('tls');
    expect(end({ specs, outages: out('tls', 'wireguard') }).type).toBe('tls');
  });

  it('is that of the path where the path states one, or there is none', () => {
    expect(end({ specs: [{ ...anywhere, preferred: ['ssh'] }], wan: stated('tcp') }).type).toBe('tcp');
    const found = between({
      specs: [{ ...anywhere, encryption: 'required', reason: 'It is the law.' }],
      wan: stated('tcp'),
    })('a', 'b');
    expect(found).toMatchObject({ kind: 'forbidden', policy: { name: 'p0' } });
    expect(found).toHaveProperty(
      'message',
      'no link may be between host a (site east) and host b (site west): LinkPolicy p0 (links.yaml:0) requires encryption, which tcp has not, ' +
        'and Network wan states links of type tcp. Its reason: It is the law. Change the policy, or let the path have a link that it permits.',
    );
  });

  it('crosses another Network where the first states what is not permitted', () => {
    const found = end({ specs: [{ ...anywhere, encryption: 'required' }], wan: stated('tcp'), hasMpls: true });
    expect(found).toMatchObject({ type: 'wireguard', local: '10.1.0.1' });
  });
});

describe('who connects, and to which port', () => {
  it('follows what the policy lets sites open', () => {
    const outward: Spec = {
      between: [
        { site: 'east', ports: [443] },
        { site: 'west', opens: false },
      ],
    };
    expect(end({ specs: [outward] })).toMatchObject({ type: 'tls', role: 'connect', port: 443 });
    const inward: Spec = {
      between: [
        { site: 'east', opens: false },
        { site: 'west', ports: [443] },
      ],
    };
    expect(end({ specs: [inward] })).toMatchObject({ type: 'tls', role: 'listen', port: 443 });
    expect(end({ specs: [{ between: [{ ports: [443] }, {}], allowed: ['wireguard'] }] })).toMatchObject({ port: 443 });
  });

  it('does not change what the path states', () => {
    const outward: Spec = { between: [{ site: 'east' }, { site: 'west', opens: false }] };
    expect(end({ specs: [outward], wan: stated('tcp', { listen: 'west' }) })).toMatchObject({ role: 'connect' });
    expect(between({ specs: [outward], wan: stated('tcp', { listen: 'east' }) })('a', 'b').kind).toBe('forbidden');
  });

  it('asks an SSH server for its port', () => {
    const ssh = (port: number) => ({ user: 'v', port, hostKey: `ssh-ed25519 ${'A'.repeat(43)}=` });
    const hosts = [
      { ...host('a', 'east'), ssh: ssh(2222) },
      { ...host('b', 'west'), ssh: ssh(22) },
    ];
    const specs: Spec[] = [{ between: [{ ports: [22] }, { ports: [22] }], allowed: ['ssh'] }];
    expect(end({ specs, hosts })).toMatchObject({ type: 'ssh', role: 'connect', ssh: { port: 22 } });
  });

  it('does not take ports of hosts without eBPF that the policy does not name', () => {
    const hosts = [host('a', 'east', { core: 'nftables' }), host('b', 'west')];
    const specs: Spec[] = [{ between: [{ ports: [4789, 7445] }, { ports: [4789, 7445] }] }];
    expect(end({ specs }).type).toBe('udp');
    expect(end({ specs, hosts }).type).not.toBe('udp');
  });
});

describe('a link that is there', () => {
  const there = (type: LinkEnd['type']): FleetState => {
    const link = (peer: string): [string, LinkEnd] => [peer, { peer, type, local: '10.0.0.1', remote: '10.0.0.2' }];
    return new Map([
      ['a', { ...emptyHost(), links: new Map([link('b')]) }],
      ['b', { ...emptyHost(), links: new Map([link('a')]) }],
    ]);
  };
  const unable = [host('a', 'east', { linkTypes: ['udp'] }), host('b', 'west')];

  it('stays where no permitted type is possible, but not if it is forbidden itself', () => {
    const stays = between({ specs: [{ ...anywhere, allowed: ['tls', 'tcp'] }], hosts: unable, inEffect: there('tcp') });
    expect(endsInUse(stays)('a', 'b')?.a.type).toBe('tcp');
    const goes = between({ specs: [{ ...anywhere, allowed: ['tls'] }], hosts: unable, inEffect: there('tcp') });
    expect(goes('a', 'b')).toMatchObject({ kind: 'refused', inEffect: null });
    expect(endsInUse(goes)('a', 'b')).toBeNull();
  });
});
