import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { interfaceNames, ip } from '../../../../agents/linux/ip.js';
import { NetworkNamespace, namespacePath } from '../../../../agents/linux/namespace.js';
import { processesInNamespaces } from '../../../../agents/linux/processes.js';
import { WireguardCarrier } from '../../../../agents/vnet/carriers/wireguard-carrier.js';
import { wireguardKey } from '../../../../agents/vnet/carriers/wireguard-key.js';
import type { LinkEnd, NetworkAttachment } from '../../../../schema/generated/types.js';
import { describeLab } from '../../../environment.js';

const lan = (mtu: number): NetworkAttachment => ({ name: 'lan', vni: 7, mtu, proxy: 'a' });

describeLab('links inside WireGuard', ['root', 'namespaces', 'wireguard', 'tun', 'ping'], () => {
  const id = randomBytes(3).toString('hex');
  const names = [`wgt-${id}-a`, `wgt-${id}-b`] as const;
  let folder: string;
  let spaces: NetworkNamespace[] = [];
  let carriers: WireguardCarrier[] = [];

  const carrier = (side: number): WireguardCarrier =>
    new WireguardCarrier({
      namespace: spaces[side] as NetworkNamespace,
      folder: join(folder, String(side)),
      keyFolder: join(folder, `keys-${side}`),
      owner: `${id}/${side}`,
      underlayMtu: (address) => (address.startsWith('10.5.0.') ? 1500 : undefined),
      nowMs: Date.now,
      random: () => 0.5,
    });
  const link = (side: number, more: Partial<LinkEnd> = {}): LinkEnd => ({
    ...{ peer: 'ab'[1 - side] ?? '', type: 'wireguard', port: 51820 },
    ...{ local: `10.5.0.${side + 1}`, remote: `10.5.0.${2 - side}` },
    wireguard: {
      publicKey: wireguardKey(join(folder, `keys-${1 - side}`)).publicKey,
      local: `100.96.0.${side + 1}`,
      remote: `100.96.0.${2 - side}`,
    },
    ...more,
  });
  const inside = (side: number, ...command: string[]) =>
    spawnSync('nsenter', [`--net=${namespacePath(names[side] ?? '')}`, ...command], { encoding: 'utf8' });
  const at = (side: number): WireguardCarrier => carriers[side] as WireguardCarrier;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'virtuoso-wireguard-'));
    expect(ip(names.map((name) => `netns add ${name}`))).toBeUndefined();
    spaces = names.map((name) => new NetworkNamespace(namespacePath(name)));
    const pair = [`link add eth0 type veth peer name eth0 netns ${names[1]}`];
    expect(spaces[0]?.within(() => ip(pair))).toBeUndefined();
    spaces.forEach((space, side) => {
      expect(space.within(() => ip([`addr add 10.5.0.${side + 1}/24 dev eth0`, 'link set eth0 up']))).toBeUndefined();
    });
  });
  beforeEach(() => {
    carriers = [carrier(0), carrier(1)];
  });
  afterEach(async () => {
    for (const each of carriers) expect(await each.retire([])).toEqual([]);
    for (const each of carriers) each.close();
    for (const [side, name] of names.entries()) {
      expect(spaces[side]?.within(interfaceNames)).toEqual(['lo', 'eth0']);
      expect(processesInNamespaces([namespacePath(name)])).toEqual([]);
    }
  });
  afterAll(() => {
    for (const space of spaces) space.close();
    ip(names.map((name) => `netns del ${name}`));
    rmSync(folder, { recursive: true, force: true });
  });

  it('joins the inner addresses, and goes on when the agents start again', async () => {
    for (const side of [0, 1]) {
      const carriage = { kind: 'vxlan', local: `100.96.0.${side + 1}`, remote: `100.96.0.${2 - side}`, port: 4789 };
      expect(await at(side).provide(link(side), [lan(1300)])).toEqual(carriage);
    }
    expect(inside(0, 'ping', '-c', '3', '-i', '0.2', '-W', '2', '100.96.0.2').stdout).toContain(' 0% packet loss');
    expect(at(0).state(link(0))).toEqual({ connections: 1 });
    const before = processesInNamespaces(names.map(namespacePath));
    for (const each of carriers) each.close();
    carriers = [carrier(0), carrier(1)];
    for (const side of [0, 1]) await at(side).provide(link(side), [lan(1300)]);
    expect(processesInNamespaces(names.map(namespacePath))).toEqual(before);
    expect(inside(1, 'ping', '-c', '2', '-i', '0.2', '-W', '2', '100.96.0.1').stdout).toContain(' 0% packet loss');
  });

  it('comes back when the process that drives it is killed', async () => {
    for (const side of [0, 1]) await at(side).provide(link(side), [lan(1300)]);
    for (const pid of processesInNamespaces([namespacePath(names[0])])) process.kill(pid, 'SIGKILL');
    const answers = () => {
      at(0).state(link(0)); // as the agent does whenever it looks
      return inside(0, 'ping', '-c', '1', '-W', '1', '100.96.0.2').status;
    };
    await expect.poll(answers, { timeout: 20_000 }).toBe(0);
  });

  it('says what is wrong: no handshake, a wrong key, a network that is too wide, an address that is not there', async () => {
    await at(0).provide(link(0), [lan(1300)]);
    expect(at(0).state(link(0)).trouble).toContain('No WireGuard handshake with 10.5.0.2');
    const wrong = link(1);
    const stranger = wireguardKey(join(folder, 'keys-stranger')).publicKey;
    await at(1).provide({ ...wrong, wireguard: { ...(wrong.wireguard as object), publicKey: stranger } as never }, [
      lan(1300),
    ]);
    inside(0, 'ping', '-c', '1', '-W', '1', '100.96.0.2');
    expect(at(0).state(link(0)).trouble).toContain('No WireGuard handshake');
    expect(await at(0).provide(link(0), [lan(1450)])).toMatchObject({
      message: expect.stringContaining('at most 1390 bytes'),
    });
    expect(await at(0).provide(link(0, { local: '10.9.9.9' }), [lan(1300)])).toMatchObject({
      message: expect.stringContaining('No interface of this host has the address 10.9.9.9'),
    });
    expect(await at(0).provide(link(0, { peer: 'c', port: 51821 }), [lan(1300)])).toMatchObject({
      message: expect.stringContaining('share one'),
    });
  });
});
