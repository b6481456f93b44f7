import { closeSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BpfMap } from '../../../agents/vnet/bpf-map.js';
import {
  actionKind,
  classShift,
  encodeIndex,
  encodeLink,
  encodeLinkEnd,
  encodeNetwork,
  encodePort,
  layout,
  ruleClasses,
  underlay,
} from '../../../agents/vnet/layout.js';
import { demand, libbpf } from '../../../agents/vnet/libbpf.js';
import { objectFile } from '../../../agents/vnet/object-file.js';
import { describeLab } from '../../environment.js';
import { LoadedObject } from './loaded-object.js';
import { etherType, macBytes, protocol } from './packets.js';
import { redirect, runProgram, unspecified } from './program-run.js';
import { here, inner, local, type Packet, peer, remote, vni, wrapped } from './vxlan-packets.js';

const [port, networkNumber] = [9, 1];
const [third, otherLocal] = ['192.168.77.3', '10.7.0.1'];
/** Guests of other hosts, by the number of the link to each. */
const far = { 1: '02:00:00:00:01:01', 2: '02:00:00:00:01:02', 3: '02:00:00:00:01:03', 4: '02:00:00:00:01:04' };
const group = 'ff:ff:ff:ff:ff:ff';

/**
 * Links 1 and 2 arrive at this host's address, 3 at another one, 4 is not on the standard port. Frames to the one guest go into it, those
 * to others over their links.
 */
function load(): LoadedObject {
  const object = LoadedObject.load(objectFile());
  const classes = 1 << ruleClasses.indexOf('any address');
  object
    .map('vnet_networks', 4, layout.network.size)
    .set(encodeIndex(networkNumber), encodeNetwork(vni, 1450, classes));
  object.map('vnet_numbers', 4, 4).set(encodeIndex(vni), encodeIndex(networkNumber));
  object.map('vnet_ports', 4, layout.port.size).set(encodeIndex(port), encodePort(networkNumber, here));
  const links = object.map('vnet_links', 4, layout.link.size);
  const peers = object.map('vnet_peers', layout.linkEnd.size, 4);
  links.set(encodeIndex(1), encodeLink('vxlan', 5, { local, remote }));
  links.set(encodeIndex(2), encodeLink('vxlan', 5, { local, remote: third }));
  links.set(encodeIndex(3), encodeLink('vxlan', 5, { local: otherLocal, remote: '10.7.0.2' }));
  links.set(encodeIndex(4), encodeLink('vxlan', 6, { local, remote: '192.168.77.4' }));
  peers.set(encodeLinkEnd(underlay, remote), encodeIndex(1));
  peers.set(encodeLinkEnd(underlay, third), encodeIndex(2));
  peers.set(encodeLinkEnd(underlay, '10.7.0.2'), encodeIndex(3));
  const made = libbpf().createHash('vnet_table', layout.frameKey.size, layout.action.size, 5);
  const descriptor = demand(made, 'cannot make a table');
  const table = new BpfMap('vnet_table', descriptor, layout.frameKey.size, layout.action.size);
  table.set(keyTo(here), action(actionKind.peerPort, port));
  for (const [link, mac] of Object.entries(far)) table.set(keyTo(mac), action(actionKind.link, Number(link)));
  object.map('vnet_rules', 4, 4).set(encodeIndex(0), encodeIndex(descriptor));
  closeSync(descriptor);
  return object;
}

function keyTo(destination: string): Buffer {
  const key = Buffer.alloc(layout.frameKey.size);
  key.writeUInt32LE(ruleClasses.indexOf('any address') * 2 ** classShift + vni, layout.frameKey.table);
  macBytes(destination).copy(key, layout.frameKey.destination);
  return key;
}

function action(kind: number, target: number): Buffer {
  const bytes = Buffer.alloc(layout.action.size);
  bytes.writeUInt16LE(kind, layout.action.kind);
  bytes.writeUInt32LE(target, layout.action.target);
  return bytes;
}

describeLab('the short way in', ['root', 'bpf', 'clang', 'libbpf'], () => {
  let object: LoadedObject;
  beforeAll(() => {
    object = load();
  });
  afterAll(() => object?.close());
  const run = (frame: Buffer) => runProgram(object.program('vnet_underlay'), frame);

  it('leads a frame for a guest into the guest, without what it was wrapped in', () => {
    const result = run(wrapped());
    expect(result.action).toBe(redirect);
    expect(result.frame.toString('hex')).toBe(inner().toString('hex'));
  });

  it('takes frames without a policy, whatever their hops', () => {
    expect(run(wrapped({ flags: 0x08 })).action).toBe(redirect);
  });

  it.each([
    ['with a hop less', 14, 13],
    ['for the last time', 1, 0],
    ['with its star mark', 0x10e, 0x10d],
  ])('passes a frame on over another link, %s', (_, policy, after) => {
    const result = run(wrapped({ frame: inner(far[2]), policy }));
    expect(result.action).toBe(redirect);
    const wanted = wrapped({ frame: inner(far[2]), policy: after, source: local, destination: third });
    expect(result.frame.toString('hex')).toBe(wanted.toString('hex'));
  });

  it.each<[string, Packet]>([
    ['to another host', { to: peer }],
    ['from no peer', { source: '192.168.77.9' }],
    ['to another address of this host', { destination: '192.168.77.9' }],
    ['with IP options', { options: Buffer.alloc(4, 1) }],
    ['that begins a fragmented one', { fragment: 0x2000 }],
    ['that goes on with a fragmented one', { fragment: 3 }],
    ['of TCP', { protocol: protocol.tcp }],
    ['to another port', { port: 4790 }],
    ['with a UDP checksum', { checksum: 1 }],
    ['without a VNI', { flags: 0x80 }],
    ['with flags that nobody knows', { flags: 0xc8 }],
    ['with bits that nobody knows', { reserved: 0x40 }],
    ['of a network that is not here', { vni: 78 }],
    ['of keep-alives', { vni: 0 }],
    ['with a frame to a group', { frame: inner(group) }],
    ['with a frame that would go back', { frame: inner(far[1]) }],
    ['with a frame that leaves from another address', { frame: inner(far[3]) }],
    ['with a frame that leaves by another port', { frame: inner(far[4]) }],
    ['with a frame whose hops are used up', { frame: inner(far[2]), policy: 0 }],
    ['with a frame to nobody', { frame: inner('02:00:00:00:00:09') }],
    ['with a frame that is not of IPv4', { frame: inner(here, etherType.arp) }],
    ['that is cut short', { frame: inner().subarray(0, 13) }],
  ])('leaves a packet %s as it is', (_, packet) => {
    const frame = wrapped(packet);
    const result = run(frame);
    expect(result.action).toBe(unspecified);
    expect(result.frame.toString('hex')).toBe(frame.toString('hex'));
  });

  it('takes no packet whose header is damaged, and changes none that it does not take', () => {
    const damage = fc.record({ at: fc.integer({ min: 0, max: 63 }), bits: fc.integer({ min: 1, max: 255 }) });
    const property = fc.property(damage, ({ at, bits }) => {
      const frame = wrapped();
      frame.writeUInt8(frame.readUInt8(at) ^ bits, at);
      const result = run(frame);
      if (at >= 14 && at < 34) expect(result.action).toBe(unspecified);
      if (result.action === unspecified) expect(result.frame.toString('hex')).toBe(frame.toString('hex'));
      else {
        expect(result.action).toBe(redirect);
        expect(result.frame.toString('hex')).toBe(frame.subarray(50).toString('hex'));
      }
    });
    fc.assert(property, { seed: 1, numRuns: 2000 });
  });
});
