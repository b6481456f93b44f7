import { beforeEach, describe, expect, it } from 'vitest';
import { EmulatedFleet } from '../../../agents/emulated/emulated-fleet.js';
import type { Rule } from '../../../schema/generated/types.js';
import { guestSpec, linkTo, portTo, type StarHost } from '../star.js';
import { buildStar, Clock, convergeHost, flatUnderlay, hostNames, linkEnd, starOver } from './fleets.js';

const network = { name: 'lan', vni: 7, mtu: 1450, proxy: 'host-1' };
let clock: Clock;
let fleet: EmulatedFleet;

beforeEach(() => {
  clock = new Clock();
  fleet = new EmulatedFleet({ ...flatUnderlay(4), nowMs: clock.read });
});

describe('a frame', () => {
  it('visits the Proxy on the star', async () => {
    await buildStar(fleet, starOver(hostNames(4), ['host-2', 'host-3', 'host-3']));
    expect(fleet.probe('vm-1', 'vm-2')).toMatchObject({ outcome: 'delivered', hosts: ['host-2', 'host-1', 'host-3'] });
    expect(fleet.probe('vm-2', 'vm-3').hosts).toEqual(['host-3']);
    expect([...fleet.broadcast('vm-1')].sort()).toEqual([
      ['vm-2', 1],
      ['vm-3', 1],
    ]);
  });

  it('ends where its guest does not run, and is not counted by a probe', async () => {
    await buildStar(fleet, starOver(hostNames(4), ['host-2']));
    expect(fleet.probe('vm-1', 'vm-9')).toMatchObject({
      outcome: 'dropped',
      hosts: ['host-2', 'host-1'],
      drops: [{ host: 'host-1', reason: 'no-rule', copies: 1 }],
    });
    expect((await fleet.substrate('host-1').vnet.counters()).drops).toEqual([]);
  });

  it('crosses at most 16 links', async () => {
    const ring = ['host-1', 'host-2', 'host-3'];
    for (const [i, host] of ring.entries()) {
      const next = ring[(i + 1) % 3] ?? '';
      const previous = ring[(i + 2) % 3] ?? '';
      const rules: Rule[] = [{ network: 'lan', source: 'any', destination: 'any', to: [linkTo(next)] }];
      const links = [linkEnd(host, next), linkEnd(host, previous)];
      await convergeHost(fleet, host, {
        networks: [network],
        links,
        guests: i === 0 ? [guestSpec(1, 'lan')] : [],
        rules,
      });
    }
    const { hosts, drops } = fleet.probe('vm-1', 'vm-2');
    expect(hosts).toHaveLength(17);
    expect(drops).toEqual([{ host: 'host-2', reason: 'hop-budget', copies: 1 }]);
  });

  it('that floods a full mesh without a tree is followed to the end of its budget', async () => {
    const hosts = hostNames(4);
    for (const [i, host] of hosts.entries()) {
      const peers = hosts.filter((peer) => peer !== host);
      const guest = guestSpec(i + 1, 'lan');
      const rules: Rule[] = [
        { network: 'lan', source: 'any', destination: 'group', to: [portTo(guest.name), ...peers.map(linkTo)] },
      ];
      const links = peers.map((peer) => linkEnd(host, peer));
      await convergeHost(fleet, host, { networks: [network], links, guests: [guest], rules });
    }
    // 3 copies cross the first link, and each of the 15 links after that doubles them; all are delivered on the way.
    const copies = [...fleet.broadcast('vm-1').values()].reduce((sum, each) => sum + each, 0);
    expect(copies).toBe(3 * (2 ** 16 - 1));
  });

  it('is lost on a link whose ends address each other wrongly', async () => {
    const star = starOver(['host-1', 'host-2'], ['host-1', 'host-2']);
    await buildStar(fleet, star);
    expect(fleet.probe('vm-2', 'vm-1').outcome).toBe('delivered');
    const wrong = { ...linkEnd('host-1', 'host-2'), local: '198.51.100.1' };
    expect(await fleet.substrate('host-1').vnet.provide([], [wrong])).toEqual([]);
    expect(fleet.probe('vm-2', 'vm-1')).toMatchObject({ outcome: 'dropped', drops: [{ reason: 'no-port' }] });
    expect((await fleet.substrate('host-1').vnet.current()).links).toMatchObject([{ up: false, setUpMs: 0 }]);
    const seen = async () => (await fleet.substrate('host-2').vnet.current()).links;
    clock.ms += 999;
    expect(await seen()).toMatchObject([{ up: true }]);
    clock.ms += 1;
    expect(await seen()).toMatchObject([
      { up: false, trouble: expect.stringMatching(/^host-1 has answered no keep-alive/) },
    ]);
  });
});

describe('faults', () => {
  const nothing: StarHost = { networks: [network], links: [], guests: [], rules: [] };

  it('name what no underlay carries', async () => {
    const { edges, ...rest } = flatUnderlay(4);
    const severed = edges.filter(({ from, to }) => from !== 3 || to !== 0);
    fleet = new EmulatedFleet({ ...rest, edges: severed, nowMs: clock.read });
    const links = [linkEnd('host-1', 'host-2'), linkEnd('host-1', 'host-4'), linkEnd('host-1', 'host-9')];
    const faults = await convergeHost(fleet, 'host-1', { ...nothing, links });
    expect(faults.map(({ kind, subject }) => [kind, subject])).toEqual([
      ['link', 'host-4'],
      ['link', 'host-9'],
    ]);
    expect((await fleet.substrate('host-1').vnet.current()).links.map(({ link }) => link.peer)).toEqual(['host-2']);
  });

  it('name a VNI in two networks, a rule there twice and a unicast rule with two outputs', async () => {
    const rule: Rule = { network: 'lan', source: 'any', destination: 'any', to: [portTo('vm-1')] };
    const rules = [rule, rule, { ...rule, destination: guestSpec(1, 'lan').mac, to: [portTo('vm-1'), portTo('vm-2')] }];
    const networks = [network, { ...network, name: 'other' }];
    const faults = await convergeHost(fleet, 'host-1', { ...nothing, networks, rules });
    expect(faults.map(({ kind }) => kind)).toEqual(['network', 'rule', 'rule']);
    expect((await fleet.substrate('host-1').vnet.current()).rules).toEqual([rule]);
  });

  it('leave the rest of a group rule in effect', async () => {
    const rule: Rule = { network: 'lan', source: 'any', destination: 'group', to: [portTo('vm-1'), linkTo('host-2')] };
    expect(await convergeHost(fleet, 'host-1', { ...nothing, rules: [rule] })).toHaveLength(1);
    expect((await fleet.substrate('host-1').vnet.current()).rules).toEqual([{ ...rule, to: [portTo('vm-1')] }]);
  });
});
