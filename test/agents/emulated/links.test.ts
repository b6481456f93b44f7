import { beforeEach, describe, expect, it } from 'vitest';
import { EmulatedFleet } from '../../../agents/emulated/emulated-fleet.js';
import type { LinkEnd, Rule } from '../../../schema/generated/types.js';
import { guestSpec, linkTo, starHost } from '../star.js';
import { buildStar, Clock, convergeHost, flatUnderlay, hostNames, linkEnd, starOver } from './fleets.js';

const [two, three] = [guestSpec(1, 'lan'), guestSpec(2, 'lan')];
let clock: Clock;
let fleet: EmulatedFleet;

const vnet = (host: string) => fleet.substrate(host).vnet;
const link = async (host: string, peer: string) =>
  (await vnet(host).current()).links.find((each) => each.link.peer === peer);

/** A star with guests on host-2 and host-3, which have a fast path. */
async function buildFastPath(): Promise<void> {
  const star = starOver(hostNames(3), ['host-2', 'host-3']);
  await buildStar(fleet, star);
  for (const [host, peer, source, destination] of [
    ['host-2', 'host-3', two, three],
    ['host-3', 'host-2', three, two],
  ] as const) {
    const state = starHost(star, host);
    state.links.push(linkEnd(host, peer));
    const rule: Rule = { network: 'lan', source: source.mac, destination: destination.mac, to: [linkTo(peer)] };
    state.rules.push(rule);
    expect(await convergeHost(fleet, host, state)).toEqual([]);
  }
}

beforeEach(() => {
  clock = new Clock();
  fleet = new EmulatedFleet({ ...flatUnderlay(3), nowMs: clock.read });
});

describe('a link that is cut', () => {
  it('loses frames until its keep-alives have stayed out, then the star carries them, and it comes back', async () => {
    await buildFastPath();
    for (const host of hostNames(3)) await vnet(host).keepAlive?.(400);
    fleet.offer([{ source: 'vm-1', destination: 'vm-2', rateMbps: 100 }]);
    expect(fleet.probe('vm-1', 'vm-2').hosts).toEqual(['host-2', 'host-3']);
    fleet.cutLink('host-3', 'host-2');
    clock.ms += 399;
    expect(fleet.probe('vm-1', 'vm-2')).toMatchObject({ outcome: 'dropped', hosts: ['host-2'], drops: [] });
    expect(fleet.throughputMbps()).toBe(0);
    clock.ms += 1;
    expect(fleet.throughputMbps()).toBe(100);
    expect(fleet.probe('vm-1', 'vm-2').hosts).toEqual(['host-2', 'host-1', 'host-3']);
    expect(await link('host-2', 'host-3')).toMatchObject({
      up: false,
      trouble:
        'host-3 has answered no keep-alive on the udp link from 192.0.2.2 to 192.0.2.3 for 400 ms: check that it runs and has its ' +
        'end of the link, and that the underlay lets it through.',
    });
    fleet.healLink('host-2', 'host-3');
    expect(await link('host-2', 'host-3')).toEqual({ link: linkEnd('host-2', 'host-3'), up: true, setUpMs: 5 });
    expect(fleet.probe('vm-1', 'vm-2').hosts).toEqual(['host-2', 'host-3']);
    clock.ms += 1000;
    expect(fleet.throughputMbps()).toBe(100);
  });

  it('and heals in time was never down', async () => {
    await buildFastPath();
    fleet.cutLink('host-2', 'host-3');
    clock.ms += 900;
    fleet.healLink('host-2', 'host-3');
    clock.ms += 900;
    fleet.cutLink('host-2', 'host-3');
    clock.ms += 900;
    expect((await link('host-2', 'host-3'))?.up).toBe(true);
  });

  it('takes no other way if it belongs to the star', async () => {
    await buildFastPath();
    fleet.cutLink('host-1', 'host-3');
    clock.ms += 5000;
    expect(fleet.probe('vm-1', 'vm-2').hosts).toEqual(['host-2', 'host-3']);
    fleet.cutLink('host-2', 'host-3');
    clock.ms += 5000;
    expect(fleet.probe('vm-1', 'vm-2')).toMatchObject({ outcome: 'dropped', hosts: ['host-2', 'host-1'], drops: [] });
  });

  it('whose other host has forgotten everything is down, and up when that is itself again', async () => {
    await buildFastPath();
    fleet.resetCore('host-3');
    clock.ms += 1000;
    expect((await link('host-2', 'host-3'))?.up).toBe(false);
    await buildFastPath();
    expect((await link('host-2', 'host-3'))?.up).toBe(true);
  });
});

describe('the types of links', () => {
  const address = (host: string) => linkEnd(host, 'host-9').local;
  const key = `sha256:${'A'.repeat(43)}=`;
  const ends = (type: LinkEnd['type'], near: Partial<LinkEnd>, far: Partial<LinkEnd> = near): [LinkEnd, LinkEnd] => [
    { ...linkEnd('host-1', 'host-2'), type, ...near },
    { ...linkEnd('host-2', 'host-1'), type, ...far },
  ];
  const inside = async (host: string, local: string, remote: string) => ({
    publicKey: fleet.substrate(host).capabilities.wireguardKey ?? '',
    local,
    remote,
  });
  const stun = { address: '192.0.2.200', port: 3478 };
  const ssh = { user: 'virtuoso', hostKey: `ssh-ed25519 ${'A'.repeat(68)}` };
  const whole = async (): Promise<[LinkEnd, LinkEnd][]> => [
    ends('udp', {}, { port: 4789 }),
    ends('tcp', { role: 'listen', port: 7000 }, { role: 'connect', port: 7000 }),
    ends('tls', { role: 'listen', port: 7000, peerKey: key }, { role: 'connect', port: 7000, peerKey: key }),
    ends('ssh', { role: 'listen' }, { role: 'connect', ssh }),
    ends('http', { role: 'listen', port: 80 }, { role: 'connect', port: 80, http: { path: '/virtuoso' } }),
    ends(
      'wireguard',
      { wireguard: await inside('host-2', '10.0.0.1', '10.0.0.2') },
      { wireguard: await inside('host-1', '10.0.0.2', '10.0.0.1') },
    ),
    ends('stun', { port: 5000, remotePort: 5001, stun }, { port: 5001, remotePort: 5000, stun }),
  ];

  it('carry frames once both ends agree, and differ in how long that takes', async () => {
    await buildStar(fleet, starOver(['host-1', 'host-2'], ['host-1', 'host-2']));
    const took = new Map<string, number>();
    for (const [near, far] of await whole()) {
      expect(await vnet('host-1').provide([], [near])).toEqual([]);
      expect(await vnet('host-2').provide([], [far])).toEqual([]);
      const [here, there] = [await link('host-1', 'host-2'), await link('host-2', 'host-1')];
      expect([near.type, here?.up, there?.up]).toEqual([near.type, true, true]);
      expect([here?.connections, there?.connections]).toEqual([undefined, far.role && 1]);
      expect(fleet.probe('vm-1', 'vm-2').outcome).toBe('delivered');
      took.set(near.type, here?.setUpMs ?? 0);
    }
    expect([...took].sort(([, x], [, y]) => x - y).map(([type]) => type)).toEqual([
      'udp',
      'tcp',
      'wireguard',
      'stun',
      'tls',
      'http',
      'ssh',
    ]);
    const { bound } = await vnet('host-1').current();
    expect(new Map(bound?.links.map(({ type, setUpMs }) => [type, setUpMs]))).toEqual(took);
    expect(bound?.switchMs).toBeGreaterThan(0);
  });

  it('carry nothing between ends that do not agree', async () => {
    const strange: [LinkEnd, LinkEnd][] = [
      ends('udp', { port: 4790 }, {}),
      ends('tcp', { role: 'listen', port: 7000 }),
      ends('tcp', { role: 'listen', port: 7000 }, { role: 'connect', port: 7001 }),
      ends('http', { role: 'listen', port: 80 }, { role: 'connect', port: 80, http: { path: '/other' } }),
      ends('wireguard', { wireguard: await inside('host-3', '10.0.0.1', '10.0.0.2') }, (await whole())[5]?.[1]),
      ends('stun', { port: 5000, stun }, { port: 5001, remotePort: 5000, stun }),
    ];
    for (const [near, far] of strange) {
      expect(await vnet('host-1').provide([], [near])).toEqual([]);
      expect(await vnet('host-2').provide([], [far])).toEqual([]);
      expect([near.type, (await link('host-1', 'host-2'))?.up]).toEqual([near.type, false]);
    }
  });

  it('are faults without what they need', async () => {
    const lacking = [
      ends('tcp', { port: 7000 }),
      ends('tcp', { role: 'listen' }),
      ends('tls', { role: 'listen', port: 7000 }),
      ends('http', { role: 'listen', port: 443, http: { secure: true } }),
      ends('ssh', { role: 'connect' }),
      ends('wireguard', {}),
      ends('stun', { port: 5000 }),
    ];
    const messages: (string | undefined)[] = [];
    for (const [end] of lacking) messages.push((await vnet('host-1').provide([], [end]))[0]?.message);
    expect(messages).toEqual([
      'The tcp link to host-2 has no role: say which end listens and which connects.',
      'The tcp link to host-2 has no port: name the TCP port that the listening end listens on.',
      "The tls link to host-2 has no peerKey: give the pin of the key that the peer's agent shows.",
      "The http link to host-2 has no peerKey: give the pin of the key that the peer's agent shows.",
      "The ssh link to host-2 has no ssh: name the peer's SSH server.",
      "The wireguard link to host-2 has no wireguard: give the tunnel's inner addresses and the peer's key.",
      'The stun link to host-2 has no stun: name a STUN server.',
    ]);
  });

  it('show their STUN ports as they are, for want of NATs', async () => {
    const [near] = ends('stun', { port: 5000, stun });
    await vnet('host-1').provide([], [near]);
    const local = address('host-1');
    expect(await vnet('host-1').endpoints?.()).toEqual([{ local, port: 5000, publicAddress: local, publicPort: 5000 }]);
  });
});
