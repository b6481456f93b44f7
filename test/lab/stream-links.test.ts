import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isRunning } from '../../agents/linux/device.js';
import { interfaceNames } from '../../agents/linux/ip.js';
import { processesWithEnvironment } from '../../agents/linux/processes.js';
import { tapName } from '../../agents/vnet/carriers/tap-devices.js';
import { memberVariable } from '../../lab/names.js';
import type { LinkEnd } from '../../schema/generated/types.js';
import { describeLab } from '../environment.js';
import {
  connect,
  connected,
  ends,
  red,
  type StreamHost,
  type StreamWorld,
  streamWorld,
  trouble,
  until,
} from './stream-world.js';

const lab = `streams-${process.pid}`;
let world: StreamWorld;

beforeEach(async () => {
  world = await streamWorld(lab);
});
afterEach(() => world.remove());

type Details = Partial<LinkEnd>;

const carrierOn = (host: StreamHost, link: LinkEnd): boolean => host.namespace.within(() => isRunning(tapName(link)));

describeLab('links over streams between two hosts', ['root', 'namespaces', 'clang', 'libssl', 'tun'], () => {
  const kinds: [string, LinkEnd['type'], Details][] = [
    ['tcp', 'tcp', {}],
    ['tls', 'tls', {}],
    ['http', 'http', { http: { secure: false, path: '/virtuoso' } }],
    ['secure http', 'http', { http: { secure: true, path: '/elsewhere' } }],
  ];
  it.each(kinds)(
    '%s carries frames between networks that both number differently, and leaves nothing',
    async (_, type, details) => {
      const { a, b } = world;
      const { near, far } = ends(world, type, details);
      await connect(world, near, far);
      expect(await world.carries(near)).toBe(true);
      expect([carrierOn(a, near), carrierOn(b, far)]).toEqual([true, true]);
      expect(a.carrier.state(near)).toEqual({ connections: 1 });
      expect(b.carrier.state(far)).toEqual({ connections: 1 });
      expect([await a.carrier.retire([]), await b.carrier.retire([])]).toEqual([[], []]);
      for (const host of [a, b]) {
        expect(host.namespace.within(interfaceNames).sort()).toEqual(['eth0', 'lo']);
        expect(host.folders()).toEqual([]);
      }
      expect(processesWithEnvironment(memberVariable(lab))).toEqual([]);
    },
  );

  it('goes on while agents are replaced, and counts no break', async () => {
    const { near, far } = ends(world, 'tls');
    await connect(world, near, far);
    const before = processesWithEnvironment(memberVariable(lab));
    expect(before.length).toBeGreaterThan(0);
    for (const [host, link] of [
      [world.a, near],
      [world.b, far],
    ] as const) {
      host.restart();
      await host.provide(link);
      await host.carrier.retire([link]);
    }
    expect(processesWithEnvironment(memberVariable(lab))).toEqual(before);
    expect(await world.carries(near)).toBe(true);
    expect(world.a.carrier.state(near)).toEqual({ connections: 1 });
  });

  it('comes back when its pumps are killed, and counts the breaks', async () => {
    const { near, far } = ends(world, 'tcp');
    await connect(world, near, far);
    for (const pid of processesWithEnvironment(memberVariable(lab))) process.kill(pid, 'SIGKILL');
    await until(() => world.a.carrier.state(near).connections === 2 && connected(world.b, far));
    expect(await world.carries(near)).toBe(true);
  });

  it('of one peer ends without a break for the other', async () => {
    const { near, far } = ends(world, 'tcp');
    const other: LinkEnd = { ...far, peer: 'c', remote: '10.77.0.3' };
    await world.b.provide(other);
    await connect(world, near, far);
    expect(await world.b.carrier.retire([far])).toEqual([]);
    await sleep(200);
    expect(await world.carries(near)).toBe(true);
    expect(world.b.carrier.state(far)).toEqual({ connections: 1 });
    expect(await world.b.carrier.retire([])).toEqual([]);
    await trouble(world.a, near, /b is not connected: .*Connection refused\. Check that the agent of b runs/);
  });

  it('knows networks that come later', async () => {
    const { near, far } = ends(world, 'tcp');
    await connect(world, near, far);
    world.a.carrier.renumber([{ ...red, mtu: 9000 }]);
    expect(world.a.run(`ip -o link show ${tapName(near)} | grep -q 'mtu 9000'`)).toBe(0);
    expect(await world.carries(near)).toBe(true);
  });

  it('says that nobody answers', async () => {
    const { near } = ends(world, 'tcp', { port: 7999 });
    await world.a.provide(near);
    await trouble(world.a, near, /Connection refused\. Check that the agent of b runs, .* TCP port 7999/);
  });

  it('says that the peer cannot be reached', async () => {
    const { near } = ends(world, 'tcp', { remote: '10.77.0.9' });
    await world.a.provide(near);
    await trouble(world.a, near, /10\.77\.0\.9:7444: (No route to host|Connection timed out)\. Check that the agent/);
  });

  it('says that the peer shows another key', async () => {
    const { near, far } = ends(world, 'tls');
    await world.b.provide(far);
    await world.a.provide({ ...near, peerKey: world.a.pin });
    await trouble(world.a, near, /the key of b has the pin sha256:.* Compare agentKey of the Host b/);
    await world.a.provide(near);
    await until(() => connected(world.a, near));
    await world.b.provide({ ...far, peerKey: world.b.pin });
    await trouble(world.b, far, /the pin sha256:.* Compare agentKey of the Host a/);
    await trouble(world.a, near, /b knows another key of a .* Compare agentKey/);
  });

  it('says that the peer comes from where it should not', async () => {
    const { near, far } = ends(world, 'tcp');
    await world.b.provide({ ...far, remote: '10.77.0.5' });
    await world.a.provide(near);
    await trouble(world.a, near, /from another address\. Correct the addresses .*`tls`/);
    await trouble(world.b, far, /it came from 10\.77\.0\.1, where 10\.77\.0\.5 is expected\. Correct/);
  });

  it('says that its own address or port is not to be had', async () => {
    const { far } = ends(world, 'tcp');
    await world.b.provide({ ...far, local: '10.77.0.77' });
    await trouble(world.b, { ...far, local: '10.77.0.77' }, /No interface of this host has the address 10\.77\.0\.77/);
    await world.b.provide(far);
    const { far: second } = ends(world, 'tls');
    await world.b.provide(second);
    await trouble(world.b, second, /Another program of this host listens on 10\.77\.0\.2:7444/);
  });
});
