import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { deviceIndex } from '../../../../agents/linux/device.js';
import { ip, tc } from '../../../../agents/linux/ip.js';
import { NetworkNamespace, namespacePath } from '../../../../agents/linux/namespace.js';
import { processesInNamespaces } from '../../../../agents/linux/processes.js';
import { StunCarrier } from '../../../../agents/vnet/carriers/stun-carrier.js';
import { nativeProgram } from '../../../../agents/vnet/native-program.js';
import { objectFile } from '../../../../agents/vnet/object-file.js';
import { attachFilter } from '../../../../agents/vnet/tc-filter.js';
import type { LinkEnd } from '../../../../schema/generated/types.js';
import { describeLab } from '../../../environment.js';
import { LoadedObject } from '../loaded-object.js';

describeLab('links through NATs, at one end', ['root', 'namespaces', 'bpf', 'clang', 'libbpf'], () => {
  const name = `stun-${randomBytes(3).toString('hex')}`;
  let folder: string;
  let space: NetworkNamespace;
  let carrier: StunCarrier;

  const open = (): StunCarrier =>
    new StunCarrier({
      namespace: space,
      folder: join(folder, 'stun'),
      underlayDevice: (address) => (address.startsWith('10.5.') ? `eth${address.split('.')[2]}` : undefined),
      client: () => nativeProgram('stun'),
      programs: () => objectFile(undefined, 'punch'),
      random: () => 0.5,
    });
  const link = (peer: string, more: Partial<LinkEnd> = {}): LinkEnd => ({
    ...{ peer, type: 'stun', local: '10.5.0.1', remote: '10.9.0.1', port: 3479 },
    stun: { address: '10.5.0.9', port: 3478 },
    ...more,
  });
  const punched = (peer: string, remote: string, more: Partial<LinkEnd> = {}): LinkEnd =>
    link(peer, { remote, remotePort: 40_000, ...more });
  const clients = (): number[] => processesInNamespaces([namespacePath(name)]);
  const run = (...command: string[]): string =>
    spawnSync('nsenter', [`--net=${namespacePath(name)}`, ...command], { encoding: 'utf8' }).stdout;
  const filters = (device: string): number =>
    ['ingress', 'egress'].filter((way) => run('tc', 'filter', 'show', 'dev', device, way).includes('punch')).length;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'virtuoso-stun-'));
    expect(ip([`netns add ${name}`])).toBeUndefined();
    space = new NetworkNamespace(namespacePath(name));
    const made = [0, 1].flatMap((index) => [
      `link add eth${index} type veth peer name far${index}`,
      `addr add 10.5.${index}.1/24 dev eth${index}`,
      `link set eth${index} up`,
    ]);
    expect(space.within(() => ip(made))).toBeUndefined();
  });
  beforeEach(() => {
    carrier = open();
  });
  afterEach(async () => {
    expect(await carrier.retire([])).toEqual([]);
    carrier.close();
    expect(clients()).toEqual([]);
    expect(run('tc', 'qdisc', 'show')).not.toContain('clsact');
    expect(existsSync(join(folder, 'stun'))).toBe(false);
  });
  afterAll(() => {
    space.close();
    ip([`netns del ${name}`]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('are VXLAN to the public address; one client holds the port of all', async () => {
    const carriage = { kind: 'vxlan', local: '10.5.0.1', port: 4789 };
    expect(await carrier.provide(link('b'))).toEqual({ ...carriage, remote: '10.9.0.1' });
    expect(await carrier.provide(punched('b', '203.0.113.2'))).toEqual({ ...carriage, remote: '203.0.113.2' });
    expect(await carrier.provide(punched('c', '203.0.113.3'))).toEqual({ ...carriage, remote: '203.0.113.3' });
    expect(clients().length).toBe(1);
    expect(filters('eth0')).toBe(2);
    expect(carrier.endpoints()).toEqual([]);
    expect(carrier.state(link('d')).trouble).toContain('not set up');
  });

  it('are taken up, or ended, by an agent that starts again', async () => {
    await carrier.provide(punched('b', '203.0.113.2'));
    await carrier.provide(punched('c', '203.0.113.3', { local: '10.5.1.1' }));
    const before = clients();
    expect(before.length).toBe(2);
    carrier.close();
    expect([filters('eth0'), filters('eth1'), clients()]).toEqual([2, 2, before]);
    carrier = open();
    await carrier.provide(punched('b', '203.0.113.2'));
    expect(clients()).toEqual(before);
    expect(await carrier.retire([punched('b', '203.0.113.2')])).toEqual([]);
    expect([filters('eth0'), filters('eth1'), clients().length]).toEqual([2, 0, 1]);
    carrier.close();
    carrier = open(); // ends what it has not begun
  });

  it('move to another server or port, each with the first link that names it', async () => {
    await carrier.provide(punched('b', '203.0.113.2'));
    await carrier.provide(punched('c', '203.0.113.3'));
    const before = clients();
    const server = { address: '10.5.0.8', port: 3478 };
    await carrier.provide(punched('b', '203.0.113.2', { stun: server }));
    expect(clients()).toEqual(before); // that of c, which b's port has as well
    await carrier.provide(punched('c', '203.0.113.3', { stun: server }));
    expect(carrier.state(link('b')).trouble).toContain('10.5.0.8:3478');
    await carrier.provide(punched('b', '203.0.113.2', { port: 3480 }));
    expect(clients().length).toBe(2);
    await carrier.provide(punched('c', '203.0.113.3', { port: 3480 }));
    expect(clients().length).toBe(1);
  });

  it('leave filters of others alone', async () => {
    await carrier.provide(punched('b', '203.0.113.2'));
    const another = LoadedObject.load(objectFile(undefined, 'punch'));
    const device = space.within(() => deviceIndex('eth0')) ?? 0;
    const program = another.program('punch_in');
    space.within(() => attachFilter({ device, direction: 'ingress', priority: 7 }, program, 'punch_in'));
    another.close();
    await carrier.retire([]);
    expect(run('tc', 'filter', 'show', 'dev', 'eth0', 'ingress')).toContain('pref 7');
    expect(filters('eth0')).toBe(1);
    expect(space.within(() => tc(['qdisc del dev eth0 clsact']))).toBeUndefined();
  });

  it('say what is wrong', async () => {
    await carrier.provide(punched('b', '203.0.113.2'));
    const wrong = async (end: LinkEnd): Promise<unknown> => (await carrier.provide(end)) as unknown;
    const saying = (text: string) => ({ kind: 'link', subject: 'c', message: expect.stringContaining(text) });
    expect(await wrong(punched('c', '203.0.113.2', { remotePort: 40_001 }))).toEqual(
      saying('behind the public address 203.0.113.2, and so is b'),
    );
    expect(await wrong(link('c', { local: '10.77.0.1' }))).toEqual(saying('No interface of this host'));
    expect(await wrong(link('c', { port: 4789 }))).toEqual(saying("VXLAN's own"));
    const { stun: _none, ...serverless } = link('c');
    expect(await wrong(serverless)).toEqual(saying('names no STUN server'));
    await expect.poll(() => carrier.state(link('b')).trouble, { timeout: 10_000 }).toContain('10.5.0.9:3478 has not');
  });
});
